using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What is to be done at providers once accounts are gone, with their person or their organization. It is made ready before, stored in the commit that removes them, and
/// done afterwards: no provider keeps anybody from leaving.</summary>
public sealed class GrantEndings(
    IDbContextFactory<AuthDbContext> contexts, GrantEndingChanges changes, SharedGrants shared, ProviderApps apps, SealedTokens tokens, VaultSeal seal, TimeProvider clock)
{
    /// <summary>Of all that a person linked.</summary>
    public async Task<IReadOnlyList<GrantEnding>> OfPersonAsync(string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var accounts = await context.ConnectedAccounts.AsNoTracking().Where(row => row.UserId == userId && row.Tokens != null).ToListAsync(ct);
        var links = await context.AccountLinks.AsNoTracking().Where(row => row.UserId == userId && row.Tokens != null).ToListAsync(ct);
        return
        [
            .. await PrepareAsync(context, accounts, rows => rows.Where(row => row.UserId != userId), rows => rows.Where(row => row.UserId != userId), ct),
            .. await OfLinksAsync(context, links, rows => rows.Where(row => row.UserId != userId), ct),
        ];
    }

    /// <summary>Accounts of a closed organization, as many as go at once, and what is to be done for them. What is being renewed at the moment is left for later.</summary>
    public async Task<(IReadOnlyList<ConnectedAccount> Accounts, IReadOnlyList<GrantEnding> Endings)> OfClosedAsync(string organizationId, DateTimeOffset now, int most, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var accounts = await context.ConnectedAccounts.AsNoTracking().Where(row => row.OrganizationId == organizationId && (row.LeaseUntil == null || row.LeaseUntil <= now))
            .OrderBy(row => row.Id).Take(most).ToListAsync(ct);
        List<string> ids = [.. accounts.Select(row => row.Id)];

        // A grant by which others live, here or elsewhere, ends with the last of them.
        return (accounts, await PrepareAsync(
            context, [.. accounts.Where(row => row.Tokens is not null)], rows => rows.Where(row => !ids.Contains(row.Id)), rows => rows.Where(row => row.OrganizationId != organizationId), ct));
    }

    /// <summary>Of all that is linked by a connection. The accounts and attempts that hold something are taken out of the context: where one is not as it was read, nothing is saved.</summary>
    /// <param name="withAccounts">Else what attempts hold alone: no account lives by it.</param>
    public async Task<IReadOnlyList<GrantEnding>> OfConnectionAsync(AuthDbContext context, Connection connection, bool withAccounts, CancellationToken ct)
    {
        var accounts = await context.ConnectedAccounts.Where(row => withAccounts && row.ConnectionId == connection.Id && row.Tokens != null).ToListAsync(ct);
        var links = await context.AccountLinks.Where(row => row.ConnectionId == connection.Id && row.Tokens != null).ToListAsync(ct);
        context.ConnectedAccounts.RemoveRange(accounts);
        context.AccountLinks.RemoveRange(links);
        return
        [
            .. await PrepareAsync(context, accounts, rows => rows.Where(row => row.ConnectionId != connection.Id), rows => rows.Where(row => row.ConnectionId != connection.Id), ct),
            .. await OfLinksAsync(context, links, rows => rows.Where(row => row.ConnectionId != connection.Id), ct),
        ];
    }

    /// <summary>Of one whose provider could not be asked.</summary>
    public async Task AddAsync(Connection connection, string accountId, TokenSet? held, CancellationToken ct)
    {
        if (await OfAsync(connection, accountId, held, ct) is { } ending)
        {
            await changes.TryAddAsync(ending, ct);
        }
    }

    /// <summary>The same, to be stored with something else; null: the provider has no call for it.</summary>
    /// <param name="target">The account, or the attempt, that held it.</param>
    public async Task<GrantEnding?> OfAsync(Connection connection, string target, TokenSet? held, CancellationToken ct) =>
        held is not null && (await apps.OpenAsync(connection, ct)).App is { } app ? Of(connection, app, target, held) : null;

    /// <summary>Of what was granted where nobody began to link anything, and is not kept; null: an account lives by it, or the provider has no call for it.</summary>
    public async Task<GrantEnding?> OfUnkeptAsync(Connection connection, string providerAccount, TokenSet held, CancellationToken ct) =>
        (await apps.OpenAsync(connection, ct)).App is { OAuth.Revocation: not null } app
        && !await shared.HasOthersAsync(new GivenUpGrant(connection, app, held, providerAccount), rows => rows, rows => rows, ct)
            ? Of(connection, app, connection.Id, held)
            : null;

    /// <summary>Of what was granted in attempts that go, and that no account and no other attempt lives by.</summary>
    /// <param name="staying">The accounts that stay.</param>
    public async Task<IReadOnlyList<GrantEnding>> OfLinksAsync(
        AuthDbContext context, IReadOnlyList<AccountLink> links, Func<IQueryable<ConnectedAccount>, IQueryable<ConnectedAccount>> staying, CancellationToken ct)
    {
        List<string> going = [.. links.Select(row => row.Id)];
        List<GrantEnding> prepared = [];
        foreach (var link in links.Where(row => row.Tokens is not null))
        {
            if (await context.Connections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == link.ConnectionId, ct) is { } connection
                && (await apps.OpenAsync(connection, ct)).App is { OAuth.Revocation: not null } app && tokens.Open(link.Tokens, link.TokensPlace) is { } held
                && !await shared.HasOthersAsync(new GivenUpGrant(connection, app, held, link.ProviderAccount) { Attempt = link }, staying, rows => rows.Where(row => !going.Contains(row.Id)), ct)
                && Of(connection, app, link.Id, held) is { } ending)
            {
                prepared.Add(ending);
            }
        }

        return prepared;
    }

    private async Task<IReadOnlyList<GrantEnding>> PrepareAsync(
        AuthDbContext context, IReadOnlyList<ConnectedAccount> accounts, Func<IQueryable<ConnectedAccount>, IQueryable<ConnectedAccount>> staying,
        Func<IQueryable<AccountLink>, IQueryable<AccountLink>> attempts, CancellationToken ct)
    {
        var ids = accounts.Select(row => row.ConnectionId).Distinct().ToList();
        var connections = await context.Connections.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(ct);
        List<GrantEnding> prepared = [];
        foreach (var connection in connections)
        {
            if ((await apps.OpenAsync(connection, ct)).App is not { OAuth.Revocation: not null } app)
            {
                continue;
            }

            // Those who leave together may share a grant, which ends once. Tokens end each by itself.
            var isWhole = app.OAuth.Revocation.Ends is RevocationEffect.Grant or RevocationEffect.App;
            foreach (var account in accounts.Where(row => row.ConnectionId == connection.Id).DistinctBy(row => (isWhole ? row.ProviderAccount : null) ?? row.Id))
            {
                if (tokens.Open(account.Tokens, account.TokensPlace) is { } held
                    && !await shared.HasOthersAsync(new GivenUpGrant(connection, app, held, account.ProviderAccount), staying, attempts, ct) && Of(connection, app, account.Id, held) is { } ending)
                {
                    prepared.Add(ending);
                }
            }
        }

        return prepared;
    }

    /// <summary>Null: the provider has no call for it.</summary>
    private GrantEnding? Of(Connection connection, ProviderApp app, string accountId, TokenSet held)
    {
        var calls = RevocationCalls.Write(app, held);
        if (calls.Count == 0)
        {
            return null;
        }

        var now = clock.GetStoredNow();
        var ending = new GrantEnding
        {
            Id = Identifiers.New(GrantEnding.IdPrefix, now),
            OrganizationId = connection.OrganizationId,
            ConnectionId = connection.Id,
            AccountId = accountId,
            ProviderId = connection.ProviderId,
            DueAt = now,
            CreatedAt = now,
        };
        var plain = JsonSerializer.SerializeToUtf8Bytes(new EndingCalls(
            [.. calls.Select(call => new EndingCall(call.Method, call.Address, call.Headers, call.Body?.ToArray(), call.ContentType))], app.OAuth.Revocation!));
        ending.Calls = seal.Seal(plain, ending.CallsPlace);
        CryptographicOperations.ZeroMemory(plain);
        return ending;
    }
}
