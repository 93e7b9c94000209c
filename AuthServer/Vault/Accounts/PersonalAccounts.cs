using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What is connected in a person's name, wherever that is, and what their organizations share with them.</summary>
public sealed class PersonalAccounts(
    IDbContextFactory<AuthDbContext> contexts, Memberships memberships, ProviderCatalog catalog, AccountAgents agents, AccountLinks links, Disconnections disconnections, AccountInstances instances)
{
    private const int Most = 500;

    private static Problem NotYours { get; } = Problem.Forbidden("not_yours", "This account is the organization's: that needs the role of a developer there, and a connection that you may use.");

    /// <summary>The person's own first; those that were linked last stand first. What was never linked is not there.</summary>
    public async Task<IReadOnlyList<PersonalAccount>> ListAsync(string userId, CancellationToken ct)
    {
        var found = await ReadAsync(userId, null, ct);
        var used = await agents.OfAsync(userId, [.. found.Select(one => (one.Account, one.IsShared))], ct);
        return [.. found.Select(one => one with { Agents = used.GetValueOrDefault(one.Account.Id) ?? [] })];
    }

    /// <summary>Null: there is none that this person sees.</summary>
    public async Task<PersonalAccount?> FindAsync(string userId, string? id, CancellationToken ct) =>
        id is not null && Identifiers.Read(ConnectedAccount.IdPrefix, id) is { } known && await ReadAsync(userId, known, ct) is [var found]
            ? found with { Agents = (await agents.OfAsync(userId, [(found.Account, found.IsShared)], ct)).GetValueOrDefault(found.Account.Id) ?? [] }
            : null;

    /// <summary>The token of a link by which it is connected again, in the browser of whoever asked.</summary>
    /// <param name="replaces">Whether another account at the provider may take the place of the one that is known.</param>
    public async Task<Answer<string>> ConnectAgainAsync(HttpContext http, string userId, string id, bool replaces, CancellationToken ct) =>
        await FindAsync(userId, id, ct) is not { } found ? Problem.NotFound
        : !found.MayChange ? NotYours
        : await links.AgainAsync(http, userId, found.Account, found.Connection, replaces, ct);

    /// <summary>Ends it here, and at the provider where that is possible. Once more is not worse.</summary>
    public async Task<Answer<DisconnectedAccount>> DisconnectAsync(HttpContext http, string userId, string id, CancellationToken ct) =>
        await FindAsync(userId, id, ct) is not { } found ? Problem.NotFound
        : !found.MayChange ? NotYours
        : await disconnections.EndAsync(http, new KnownCaller(userId), found.Account, found.Connection);

    /// <summary>What else it could work with.</summary>
    public async Task<Answer<LaterChoice>> OfferAsync(PersonalAccount found, CancellationToken ct) =>
        found.MayChange ? await instances.OfferAsync(found.Account, found.Connection, ct) : NotYours;

    /// <param name="chosen">What it is to work with, by the names of the provider's fields.</param>
    public async Task<Answer<NoContent>> ChooseAsync(HttpContext http, string userId, PersonalAccount found, IReadOnlyDictionary<string, string> chosen, CancellationToken ct) =>
        found.MayChange ? await instances.ChooseAsync(http, new KnownCaller(userId), found.Account, found.Connection, chosen, ct) : NotYours;

    /// <summary>What would become of its grant at the provider.</summary>
    public Task<GrantEnd> ForeseeAsync(PersonalAccount found, CancellationToken ct) => disconnections.ForeseeAsync(found.Account, found.Connection, ct);

    /// <param name="id">Null: all of them.</param>
    private async Task<List<PersonalAccount>> ReadAsync(string userId, string? id, CancellationToken ct)
    {
        var roles = (await memberships.OfAsync(userId, ct)).ToDictionary(member => member.OrganizationId, member => member.Role);
        List<string> organizations = [.. roles.Keys];
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await (
            from account in context.ConnectedAccounts.AsNoTracking()
            join connection in context.Connections.AsNoTracking() on account.ConnectionId equals connection.Id
            join organization in context.Organizations.AsNoTracking() on account.OrganizationId equals organization.Id
            where (id == null || account.Id == id) && account.ConnectedAt != null
                && (account.UserId == userId
                    || (account.IdentifierType == ConnectedAccounts.OrganizationType && account.Identifier == account.OrganizationId && organizations.Contains(account.OrganizationId)))
            orderby account.UserId == userId descending, account.ConnectedAt descending, account.Id
            select new { account, connection, organization.Name }).Take(Most).ToListAsync(ct);
        List<PersonalAccount> found = [];
        foreach (var row in rows)
        {
            var isOwn = row.account.UserId == userId;
            var (role, access) = (roles.GetValueOrDefault(row.account.OrganizationId), row.connection.ReadAccess());
            if (isOwn || access.MayView(userId, role))
            {
                var provider = await catalog.FindAsync(row.connection.OrganizationId, row.connection.ProviderId, ct);
                found.Add(new PersonalAccount
                {
                    Account = row.account,
                    Connection = row.connection,
                    Provider = provider,
                    Organization = row.Name,
                    IsShared = !isOwn,
                    WorksWith = instances.Of(row.account, provider),
                    MayChange = isOwn || (role >= Role.Developer && access.MayUse(userId, role)),
                });
            }
        }

        return found;
    }
}
