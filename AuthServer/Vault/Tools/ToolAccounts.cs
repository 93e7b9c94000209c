using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Proxy;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Tools;

/// <summary>With which accounts of a connection a caller may use its tools.</summary>
public sealed class ToolAccounts(IDbContextFactory<AuthDbContext> contexts, ProxyGate gate)
{
    /// <summary>As many as are looked at where none is named.</summary>
    public const int Most = 50;

    private static readonly Problem Missing = Problem.Conflict("account_missing", "No account that you may use is connected here: its owner has to connect one first.");

    /// <summary>The connection alone where it has an API key; else each active account that the caller may use, or the one that is named.</summary>
    /// <param name="accountId">Null: none is named.</param>
    public async Task<Answer<ProxyPass[]>> FindAsync(ActingParty caller, string connectionId, string? accountId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (Identifiers.Read(Connection.IdPrefix, connectionId) is not { } id
            || await context.Connections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && row.OrganizationId == caller.OrganizationId, ct) is not { } connection)
        {
            return Problem.NotFound;
        }

        if ((await gate.PassAsync(caller, connection, null, ct)).Failed(out var problem, out var alone))
        {
            return problem;
        }

        if (connection.Auth == ConnectionAuth.ApiKey)
        {
            return accountId is null ? (Answer<ProxyPass[]>)new[] { alone } : Problem.Invalid("account_id", "This connection has an API key, and no accounts.");
        }

        // A person's account is used by them, or in their name.
        var subject = caller.Agent?.Subject ?? caller.Developer!.UserId;
        var named = accountId is null ? null : Identifiers.Read(ConnectedAccount.IdPrefix, accountId) ?? "";
        var accounts = await context.ConnectedAccounts.AsNoTracking()
            .Where(row => row.ConnectionId == connection.Id && row.Status == AccountStatus.Active && (row.UserId == null || row.UserId == subject) && (named == null || row.Id == named))
            .OrderBy(row => row.Id).Take(Most).ToListAsync(ct);
        return accounts.Count > 0 ? (Answer<ProxyPass[]>)accounts.Select(account => alone with { Account = account }).ToArray()
            : named is null ? Missing
            : Problem.NotFound;
    }

    /// <summary>Null: the provider does not say which scopes it granted.</summary>
    internal static IReadOnlyList<string>? ScopesOf(ConnectedAccount account) => account.GrantedScopes is { } json ? JsonSerializer.Deserialize<string[]>(json) : null;
}
