using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What became of the grant of an account that was disconnected.</summary>
public sealed record DisconnectedAccount(GrantEnd ProviderGrant);

/// <summary>Ends an account for its owner. Its id stays, so that the organization sees what happened, and its owner can connect it again.</summary>
public sealed class Disconnections(IDbContextFactory<AuthDbContext> contexts, GrantRevocations revocations, AccountEndings endings, SealedTokens tokens, TimeProvider clock)
{
    private const int MostTries = 5;

    private static Problem Changing { get; } = Problem.Conflict("changed_meanwhile", "The account is being changed. Try again.");

    public Task<GrantEnd> ForeseeAsync(ConnectedAccount account, Connection connection, CancellationToken ct) =>
        revocations.ForeseeAsync(connection, tokens.Open(account.Tokens, account.TokensPlace), account.ProviderAccount, account.Id, ct);

    public async Task<Answer<DisconnectedAccount>> EndAsync(HttpContext http, KnownCaller by, ConnectedAccount account, Connection connection)
    {
        AccountEnd? end = null;
        for (var tries = 0; tries < MostTries; tries++)
        {
            // Whoever hangs up now has asked for it all the same.
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            if (await context.ConnectedAccounts.FirstOrDefaultAsync(row => row.Id == account.Id, CancellationToken.None) is not { } row)
            {
                return new DisconnectedAccount(end?.Told ?? GrantEnd.None);
            }

            end = await endings.EndAsync(context, row, connection, end);
            if (row.Tokens is null && end.Links == 0)
            {
                return new DisconnectedAccount(end.Told);
            }

            End(context, http, by, row, connection, end);
            if (await context.TrySaveAsync())
            {
                return new DisconnectedAccount(end.Told);
            }
        }

        return Changing;
    }

    private void End(AuthDbContext context, HttpContext http, KnownCaller by, ConnectedAccount row, Connection connection, AccountEnd end)
    {
        var now = clock.GetStoredNow();
        if (end.End == GrantEnd.Revoked)
        {
            context.Tell(AccountEvents.Of(AccountEvents.Revoked, http, by, row, connection.ProviderId, now));
        }

        context.Tell(AccountEvents.Of(AccountEvents.Disconnected, http, by, row, connection.ProviderId, now, ConnectedAccounts.Word(end.Told)));
        (row.Status, row.Fault, row.Tokens, row.GrantedScopes, row.AskedScopes) = (AccountStatus.Revoked, ProviderFaults.Disconnected.Code, null, null, null);
        (row.Health, row.Failures, row.AccessExpiresAt, row.RefreshAt, row.UpdatedAt) = (AccountHealth.Healthy, 0, null, null, now);
        (row.AttemptOf, row.AttemptAt, row.Attempts) = (null, null, 0);

        // Whom it was at the provider is nothing to us any more: another account there may follow.
        (row.ProviderAccount, row.ProviderName, row.IsVerified) = (null, null, false);
        row.Version++;
    }
}
