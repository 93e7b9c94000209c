using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>The connected accounts of an organization. Those of others do not exist here.</summary>
public sealed class ConnectedAccounts(
    IDbContextFactory<AuthDbContext> contexts, AccountChanges changes, Connections.Connections connections, ProviderApps apps, AccountEndings endings, DueAccounts due, TimeProvider clock)
{
    public const int LongestIdentifier = 200;
    public const int LongestType = 50;
    private const int MostTries = 3;

    public const string UserType = "user_id";
    public const string OrganizationType = "org_id";

    public static Problem NotUsable { get; } = Problem.Forbidden("connection_access", "You may see this connection, and not use it: its access says who may.");

    private static Problem Full { get; } = Problem.Conflict("too_many_accounts", $"A connection can have {AccountChanges.Most} accounts.");

    /// <summary>The same again answers the same account.</summary>
    public async Task<Answer<ConnectedAccountItem>> CreateAsync(HttpContext http, Developer developer, NewConnectedAccount asked, CancellationToken ct)
    {
        var faults = new Faults();
        var type = asked.IdentifierType ?? UserType;
        faults.Add("connection_id", asked.ConnectionId is null ? "Name the connection." : null);
        CheckOwner(asked.Identifier, type, faults);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        if (await connections.FindAsync(developer.OrganizationId, asked.ConnectionId!, ct) is not { } connection || !Sees(developer, connection))
        {
            return Problem.Invalid("connection_id", "There is no such connection.");
        }

        if (!Uses(developer, connection))
        {
            return NotUsable;
        }

        if (connection.Auth != ConnectionAuth.OAuth2)
        {
            return Problem.Invalid("connection_id", "This connection has an API key, and no accounts.");
        }

        var account = New(connection, asked.Identifier!, type, clock.GetStoredNow());
        var added = await changes.TryAddAsync(account, AccountEvents.Of(AccountEvents.Created, http, developer.Known!, account, connection.ProviderId, account.CreatedAt), ct);
        var provider = await apps.ProviderAsync(connection, ct);
        await using var context = await contexts.CreateDbContextAsync(ct);
        var stored = await context.ConnectedAccounts.AsNoTracking()
            .FirstOrDefaultAsync(row => row.ConnectionId == connection.Id && row.IdentifierType == type && row.Identifier == asked.Identifier, ct);
        return stored is null ? Full
            : added ? Answer.Created(ConnectedAccountItem.Of(stored, connection.ProviderId, provider), $"/api/v1/connected-accounts/{stored.Id}")
            : ConnectedAccountItem.Of(stored, connection.ProviderId, provider);
    }

    public async Task<Answer<Page<ConnectedAccountItem>>> ListAsync(Developer developer, AccountFilter filter, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var seen = (await context.Connections.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId).ToListAsync(ct))
            .Where(row => Sees(developer, row)).ToDictionary(row => row.Id);
        var providers = await ProvidersAsync(seen.Values, ct);
        var visible = seen.Keys.ToList();
        var own = context.ConnectedAccounts.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId && visible.Contains(row.ConnectionId));
        if (filter.ConnectionId is { } connectionId)
        {
            var known = Identifiers.Read(Connection.IdPrefix, connectionId) ?? "";
            own = own.Where(row => row.ConnectionId == known);
        }

        if (filter.Provider is { } provider)
        {
            var ids = seen.Values.Where(row => IsOf(row.ProviderId, providers.GetValueOrDefault(row.ProviderId), provider)).Select(row => row.Id).ToList();
            own = own.Where(row => ids.Contains(row.ConnectionId));
        }

        own = filter.Identifier is { } identifier ? own.Where(row => row.Identifier == identifier) : own;
        own = filter.IdentifierType is { } type ? own.Where(row => row.IdentifierType == type) : own;
        own = filter.Status is { } status ? own.Where(row => row.Status == status) : own;
        own = filter.Health is { } health ? own.Where(row => row.Health == health) : own;
        var part = await own.OrderByDescending(row => row.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<ConnectedAccountItem>(
            [.. part.Select(row => ConnectedAccountItem.Of(row, seen[row.ConnectionId].ProviderId, providers.GetValueOrDefault(seen[row.ConnectionId].ProviderId)))],
            new PageMeta(await own.LongCountAsync(ct), paging.Limit, paging.Offset));
    }

    /// <summary>Its tokens are renewed first, where they are due.</summary>
    public async Task<Answer<ConnectedAccountItem>> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        if (await ReadAsync(developer, id, ct) is not var (account, connection))
        {
            return Problem.NotFound;
        }

        if (await due.RenewAsync(account, ct))
        {
            account = (await ReadAsync(developer, id, ct))?.Account ?? account;
        }

        return ConnectedAccountItem.Of(account, connection.ProviderId, await apps.ProviderAsync(connection, ct));
    }

    /// <summary>Its grant is taken back at the provider, unless another account lives by it; its tokens are gone in any case.</summary>
    public async Task<Answer<DeletedAccount>> DeleteAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        if (await ReadAsync(developer, id, ct) is not var (account, connection))
        {
            return Problem.NotFound;
        }

        if (!Uses(developer, connection))
        {
            return NotUsable;
        }

        AccountEnd? end = null;
        for (var tries = 0; tries < MostTries; tries++)
        {
            // Whoever hangs up now has asked for it all the same.
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            if (await context.ConnectedAccounts.FirstOrDefaultAsync(row => row.Id == account.Id, CancellationToken.None) is not { } row)
            {
                return Problem.NotFound;
            }

            end = await endings.EndAsync(context, row, connection, end);
            Delete(context, http, developer, row, connection, end);
            if (await context.TrySaveAsync())
            {
                return new DeletedAccount(row.Id, end.Told);
            }
        }

        return Problem.Conflict("changed_meanwhile", "The account is being changed. Try again.");
    }

    private void Delete(AuthDbContext context, HttpContext http, Developer developer, ConnectedAccount row, Connection connection, AccountEnd end)
    {
        context.ConnectedAccounts.Remove(row);
        var now = clock.GetStoredNow();
        if (end.End == GrantEnd.Revoked)
        {
            context.Tell(AccountEvents.Of(AccountEvents.Revoked, http, developer.Known!, row, connection.ProviderId, now));
        }

        context.Tell(AccountEvents.Of(AccountEvents.Deleted, http, developer.Known!, row, connection.ProviderId, now, Word(end.Told)));
    }

    /// <summary>An account and its connection; null: there is none that this member sees.</summary>
    public async Task<(ConnectedAccount Account, Connection Connection)?> ReadAsync(Developer developer, string id, CancellationToken ct) =>
        await ReadAsync(developer.OrganizationId, id, ct) is { } found && Sees(developer, found.Connection) ? found : null;

    /// <summary>The same for whoever acts by it; null: there is none in this organization.</summary>
    public async Task<(ConnectedAccount Account, Connection Connection)?> ReadAsync(string organizationId, string id, CancellationToken ct)
    {
        if (Identifiers.Read(ConnectedAccount.IdPrefix, id) is not { } known)
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var found = await context.ConnectedAccounts.AsNoTracking().Where(row => row.Id == known && row.OrganizationId == organizationId)
            .Join(context.Connections, account => account.ConnectionId, connection => connection.Id, (account, connection) => new { account, connection }).FirstOrDefaultAsync(ct);
        return found is null ? null : (found.account, found.connection);
    }

    /// <summary>The providers of these connections, by their ids.</summary>
    public async Task<Dictionary<string, Provider>> ProvidersAsync(IEnumerable<Connection> connections, CancellationToken ct)
    {
        Dictionary<string, Provider> found = new(StringComparer.Ordinal);
        foreach (var connection in connections.DistinctBy(row => row.ProviderId))
        {
            if (await apps.ProviderAsync(connection, ct) is { } provider)
            {
                found[connection.ProviderId] = provider;
            }
        }

        return found;
    }

    public static bool Sees(Developer developer, Connection connection) => connection.ReadAccess().MayView(developer.UserId, developer.Role);

    public static bool Uses(Developer developer, Connection connection) => connection.ReadAccess().MayUse(developer.UserId, developer.Role);

    /// <summary>Whether a provider is the one that is meant, or one of the family.</summary>
    public static bool IsOf(string providerId, Provider? provider, string meant) => providerId == meant || provider?.Family == meant;

    internal static void CheckOwner(string? identifier, string type, Faults faults)
    {
        faults.Add("identifier", identifier is null || !VisibleText.IsLine(identifier, LongestIdentifier) ? $"Give 1 to {LongestIdentifier} visible characters on one line." : null);
        faults.Add("identifier_type", type.Length is 0 or > LongestType || !type.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
            ? $"Use user_id, org_id or another word of at most {LongestType} lower-case letters, digits and underscores." : null);
    }

    internal static ConnectedAccount New(Connection connection, string identifier, string type, DateTimeOffset now) => new()
    {
        Id = Identifiers.New(ConnectedAccount.IdPrefix, now),
        OrganizationId = connection.OrganizationId,
        ConnectionId = connection.Id,
        Identifier = identifier,
        IdentifierType = type,
        UserId = PersonOf(identifier, type),
        Status = AccountStatus.Pending,
        CreatedAt = now,
        UpdatedAt = now,
        Version = 1,
    };

    /// <summary>The person of ours who is meant; null: it is somebody else's name of them.</summary>
    internal static string? PersonOf(string identifier, string type) => type == UserType && Identifiers.ToUuid("usr_", identifier) is not null ? identifier : null;

    internal static string Word(GrantEnd end) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(end.ToString());
}
