using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Refresh;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Tests a connection by one of its accounts: the call of the provider's definition, made with a token that its owner's access gives.</summary>
public sealed class AccountProbe(
    IDbContextFactory<AuthDbContext> contexts, ProviderApps apps, AccountTokens tokens, ProviderInquiries inquiries, OutboundRequests outbound, TimeProvider clock)
{
    /// <summary>Null: there is no account to test by, or the provider has no call for it.</summary>
    internal async Task<(Finding Finding, int Status, TimeSpan Latency)?> AskAsync(Developer developer, Connection row, Provider provider, CancellationToken ct)
    {
        if (provider.Oauth is not { Test: { Call.Url.Length: > 0 } rules } || (await apps.OpenAsync(row, ct)).App is not { } app || await FindAsync(developer, row, ct) is not { } account)
        {
            return null;
        }

        if ((await tokens.GetAsync(account, ct)).Failed(out var problem, out var held))
        {
            var fault = ProviderFaults.Of(problem.Reason) ?? ProviderFaults.Expired;
            var isOver = fault.Kind is FaultKind.Owner or FaultKind.Revoked;
            return (new Finding(isOver ? CredentialVerdict.Refused : CredentialVerdict.CannotTell, isOver ? ConnectionCause.ExpiredTokens : ConnectionCause.ProviderUnavailable, fault, account.Id), 0, TimeSpan.Zero);
        }

        if (ApiCalls.Write(app, rules.Call, held) is not { } call)
        {
            return (new Finding(CredentialVerdict.CannotTell, ConnectionCause.MissingRequiredSettings, ProviderFaults.FieldMissing, account.Id), 0, TimeSpan.Zero);
        }

        var began = clock.GetTimestamp();
        var answer = await outbound.SendAsync(call, ct);
        var latency = clock.GetElapsedTime(began);
        return (await ReadAsync(row, app, rules, held, answer, ct) with { AccountId = account.Id }, answer.Status, latency);
    }

    /// <summary>The one that was used last: its owner expects that it works. A person's is used by that person alone.</summary>
    private async Task<ConnectedAccount?> FindAsync(Developer developer, Connection row, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.ConnectedAccounts.AsNoTracking().Where(account => account.ConnectionId == row.Id && account.Status == AccountStatus.Active && account.Tokens != null
                && (account.UserId == null || account.UserId == developer.UserId))
            .OrderByDescending(account => account.LastUsedAt ?? account.ConnectedAt).ThenByDescending(account => account.Id).FirstOrDefaultAsync(ct);
    }

    private async Task<Finding> ReadAsync(Connection row, ProviderApp app, TestRules rules, TokenSet held, OutboundResult answer, CancellationToken ct)
    {
        var verdict = CredentialTest.Read(rules, answer);
        if (verdict == CredentialVerdict.CannotTell && await inquiries.IsGoodAsync(app, held, ct) is { } isGood)
        {
            verdict = isGood ? CredentialVerdict.Accepted : CredentialVerdict.Refused;
        }

        return verdict switch
        {
            CredentialVerdict.Accepted => new Finding(verdict, null, null),
            CredentialVerdict.Limited => new Finding(verdict, ConnectionCause.IncorrectScopes, null),
            CredentialVerdict.Refused => new Finding(verdict, ConnectionCause.ExpiredTokens, ProviderFaults.Expired),
            _ => ConnectionProbe.CannotTell(row, app.Provider, FaultJudgement.OfCall(answer), answer),
        };
    }
}
