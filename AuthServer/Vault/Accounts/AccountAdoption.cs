using System.Text.Json;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Refresh;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>Puts what an attempt brought in the place of what the account had: in one commit with its events, or not at all.</summary>
public sealed class AccountAdoption(IDbContextFactory<AuthDbContext> contexts, SealedTokens tokens, GrantRevocations revocations, GrantEndings endings, IAuditTrail trail, TimeProvider clock)
{
    private const int MostTries = 5;

    /// <summary>Null: the account is active.</summary>
    /// <param name="asked">The scopes that were asked for.</param>
    /// <param name="isVerified">Whether it is sure that its owner is the one who came back.</param>
    /// <param name="byBackend">The customer's backend said so.</param>
    public async Task<ProviderFault?> AdoptAsync(
        HttpContext http, OpenLink open, TokenSet brought, IReadOnlyList<string> asked, bool isVerified, bool byBackend = false)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            var (done, fault, before) = await TryAdoptAsync(context, http, open, brought, asked, isVerified, byBackend);
            if (done && before is not null)
            {
                await EndAsync(http, open.Link, open.Connection, before);
            }

            if (done)
            {
                return fault;
            }
        }

        return ProviderFaults.Unavailable;
    }

    /// <summary>False: somebody else changed the account meanwhile.</summary>
    /// <returns>Before: what another account at the provider had given, whose place was taken.</returns>
    private async Task<(bool Done, ProviderFault? Fault, ReplacedGrant? Before)> TryAdoptAsync(
        AuthDbContext context, HttpContext http, OpenLink open, TokenSet brought, IReadOnlyList<string> asked, bool isVerified, bool byBackend)
    {
        var (now, link, connection) = (clock.GetStoredNow(), open.Link, open.Connection);
        var account = await context.ConnectedAccounts
            .FirstOrDefaultAsync(row => row.ConnectionId == link.ConnectionId && row.IdentifierType == link.IdentifierType && row.Identifier == link.Identifier, CancellationToken.None);

        // Asked again here: two attempts may have been on their way at once.
        var isOther = account?.ProviderAccount is { } known && known != link.ProviderAccount;
        if (isOther && !link.Replaces)
        {
            return (true, ProviderFaults.IdentityMismatch, null);
        }

        if (await context.AccountLinks.FirstOrDefaultAsync(row => row.Id == link.Id, CancellationToken.None) is not { Stage: not (LinkStage.Done or LinkStage.Failed) } stored)
        {
            return (true, LinkFaults.StateReplayed, null);
        }

        if (account is null)
        {
            account = ConnectedAccounts.New(connection, link.Identifier, link.IdentifierType, now);
            context.ConnectedAccounts.Add(account);
            context.Tell(AccountEvents.Of(AccountEvents.Created, http, link, connection.ProviderId, account.Id, now));
        }

        var type = isOther ? AccountEvents.Replaced : account.ConnectedAt is null ? AccountEvents.Connected : AccountEvents.Reauthorized;
        var before = isOther ? new ReplacedGrant(account.Id, account.ProviderAccount!, tokens.Open(account.Tokens, account.TokensPlace)) : null;
        account.Tokens = isOther ? null : account.Tokens;
        Fill(tokens, account, new KeepingRules(connection.ReadSettings(), open.Provider.Oauth!.Refresh), brought, asked, now);
        (account.ProviderAccount, account.ProviderName, account.IsVerified) = (link.ProviderAccount, link.ProviderName, isVerified);
        (stored.Stage, stored.Tokens, stored.ProviderAccount, stored.ProviderName, stored.GrantedScopes) = (LinkStage.Done, null, link.ProviderAccount, link.ProviderName, account.GrantedScopes);
        context.Tell(AccountEvents.Of(type, http, link, connection.ProviderId, account.Id, now) with { Scope = brought.Scopes is { } scopes ? string.Join(' ', scopes) : null });
        if (byBackend)
        {
            context.Tell(AccountEvents.Of(AccountEvents.Verified, http, link, connection.ProviderId, account.Id, now));
        }

        return (await context.TrySaveAsync(), null, before);
    }

    /// <summary>The new one works: the other's access is not needed any more.</summary>
    private async Task EndAsync(HttpContext http, AccountLink link, Connection connection, ReplacedGrant before)
    {
        switch (await revocations.EndAsync(connection, before.Tokens, before.ProviderAccount, before.AccountId, link.Id, CancellationToken.None))
        {
            case GrantEnd.Revoked:
                var why = AccountEvents.Of(AccountEvents.Revoked, http, link, connection.ProviderId, before.AccountId, clock.GetStoredNow()) with { Reason = "replaced" };
                await trail.AppendAsync(why, CancellationToken.None);
                break;
            case GrantEnd.Failed:
                await endings.AddAsync(connection, before.AccountId, before.Tokens, CancellationToken.None);
                break;
        }
    }

    /// <summary>Puts new tokens in the place of what the account had.</summary>
    internal static void Fill(SealedTokens tokens, ConnectedAccount account, KeepingRules rules, TokenSet brought, IReadOnlyList<string> asked, DateTimeOffset now)
    {
        // A provider that gives a refresh token only once has given it before: it is the same grant's, unless it is dead already.
        var mayLive = account.Status is not (AccountStatus.Expired or AccountStatus.Revoked);
        var before = brought.RefreshToken is null && mayLive ? tokens.Open(account.Tokens, account.TokensPlace) : null;
        var kept = before?.RefreshToken is { } refresh ? brought with { RefreshToken = refresh, RefreshExpiresAt = before.RefreshExpiresAt } : brought;
        (account.Tokens, account.Status, account.Health, account.Failures) = (tokens.Seal(kept, account.TokensPlace), AccountStatus.Active, AccountHealth.Healthy, 0);

        // Some give a refresh token once and never again, until the access was taken back: better said now than in an hour.
        account.Fault = kept.RefreshToken is null && kept.ExpiresAt is not null ? ProviderFaults.NotRenewable.Code : null;
        (account.GrantedScopes, account.AskedScopes) = (kept.Scopes is null ? null : JsonSerializer.Serialize(kept.Scopes), JsonSerializer.Serialize(asked));
        (account.AccessExpiresAt, account.RefreshAt) = (kept.ExpiresAt, RefreshTimes.NextLook(kept, rules.Settings, rules.Refresh, isUsed: true, now, chance: 0));
        (account.ConnectedAt, account.LastRefreshedAt, account.UpdatedAt) = (now, now, now);
        (account.AttemptOf, account.AttemptAt, account.Attempts) = (null, null, 0);
        account.Version++;
    }

    private sealed record ReplacedGrant(string AccountId, string ProviderAccount, TokenSet? Tokens)
    {
        public override string ToString() => "ReplacedGrant (redacted)";
    }
}

/// <summary>By what the tokens of an account are renewed: what its connection says, and what its provider does.</summary>
public sealed record KeepingRules(ConnectionSettings Settings, RefreshRules Refresh);
