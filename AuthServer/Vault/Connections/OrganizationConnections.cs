using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>The connections of an organization: listed, made, changed, deleted. Those of others, and those that a caller may not see, do not exist here.</summary>
public sealed class OrganizationConnections(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, ConnectionDrafts drafts, ConnectionSaves saves, ConnectionViews views, GrantEndings endings, TimeProvider clock)
{
    private const int MostTries = 5;

    private static readonly Problem InUse = Problem.Conflict(
        "in_use", "Accounts are connected by it. Delete them first, or with force=true their tokens are deleted with it, and their access is taken back at the provider.");

    public async Task<Answer<Page<ConnectionItem>>> ListAsync(ActingParty caller, ConnectionFilter filter, Paging paging, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Connections.AsNoTracking().Where(row => row.OrganizationId == caller.OrganizationId).OrderByDescending(row => row.Id).ToListAsync(ct);
        var admitted = rows.Where(row => ConnectionReach.Sees(row, caller) && filter.Admits(row, now)).ToList();
        var items = await views.ListAsync(admitted.Skip(paging.Offset).Take(paging.Limit), caller, ct);
        return new Page<ConnectionItem>(items, new PageMeta(admitted.Count, paging.Limit, paging.Offset));
    }

    public async Task<Answer<ConnectionItem>> FindAsync(ActingParty caller, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await ConnectionReach.FindAsync(context, caller, id, ct) is { } row ? await views.ShowAsync(row, caller, ct) : Problem.NotFound;
    }

    public async Task<Answer<ConnectionItem>> CreateAsync(HttpContext http, Developer developer, NewConnection said, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var faults = new Faults();
        var provider = await FindProviderAsync(developer, said, faults, ct);
        await ConnectionReach.CheckNamedAsync(context, developer, said.Access, faults, ct);
        if (provider is null)
        {
            return faults.Problem!;
        }

        var row = New(developer, said, provider);
        row.Name = said.Name is null ? await ConnectionReach.FreeNameAsync(context, developer, provider.Name, ct) : "";
        if (drafts.Prepare(developer, row, provider, said, faults).Failed(out var problem, out var draft))
        {
            return problem;
        }

        var missing = views.MissingOf(row, provider);
        if (said.Status == ConnectionStatus.Active && missing.Count > 0)
        {
            return ConnectionDrafts.Incomplete(missing);
        }

        row.Status = said.Status == ConnectionStatus.Draft || missing.Count > 0 ? ConnectionStatus.Draft : ConnectionStatus.Active;
        var change = new ConnectionSave(draft, ConnectionEvents.Created, MayBecomeDefault: !said.Says(nameof(said.IsDefault)));
        return await saves.SaveAsync(context, http, developer, [change], ConnectionReach.Whatever, ct) is { } refused ? refused
            : Answer.Created(await views.ShowAsync(row, developer, ct), $"/api/v1/connections/{row.Id}");
    }

    public async Task<Answer<ConnectionItem>> ChangeAsync(HttpContext http, Developer developer, string id, ConnectionChange said, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await ConnectionReach.FindForChangeAsync(context, developer, id, match, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        if (await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct) is not { } provider)
        {
            return ConnectionDrafts.Incomplete(views.MissingOf(row, null));
        }

        var faults = new Faults();
        await ConnectionReach.CheckNamedAsync(context, developer, said.Access, faults, ct);
        if (drafts.Prepare(developer, row, provider, said, faults).Failed(out problem, out var draft))
        {
            return problem;
        }

        return !draft.ChangesNothing
            && await saves.SaveAsync(context, http, developer, [new ConnectionSave(draft, ConnectionEvents.Updated)], match, ct) is { } refused
                ? refused
                : await views.ShowAsync(row, developer, ct);
    }

    /// <param name="force">Whether connected accounts, with their tokens, go with it.</param>
    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, Developer developer, string id, bool force, IfMatch match, CancellationToken ct)
    {
        // Accounts that were renewed or linked while their grants were looked at are looked at once more.
        for (var tries = 1; ; tries++)
        {
            var answer = await TryDeleteAsync(http, developer, id, force, match, ct);
            if (answer.Problem?.Code != Problem.Stale.Code || tries == MostTries)
            {
                return answer;
            }
        }
    }

    private async Task<Answer<NoContent>> TryDeleteAsync(HttpContext http, Developer developer, string id, bool force, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await ConnectionReach.FindForChangeAsync(context, developer, id, match, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        var accounts = context.ConnectedAccounts.Where(account => account.ConnectionId == row.Id);
        var grants = await endings.OfConnectionAsync(context, row, force, ct);
        var known = context.ChangeTracker.Entries<ConnectedAccount>().Count();
        async Task<Problem?> WriteAsync()
        {
            if (!force && await accounts.AnyAsync(account => account.Tokens != null, ct))
            {
                return InUse;
            }

            if (await accounts.CountAsync(account => account.Tokens != null, ct) != known)
            {
                return Problem.Stale;
            }

            var why = ConnectionEvents.Of(ConnectionEvents.Deleted, http, developer, row, clock.GetStoredNow(), more: ("accounts", await accounts.CountAsync(ct)));
            context.GrantEndings.AddRange(grants);
            context.Connections.Remove(row);
            context.AuditEvents.Add(AuditEventRow.From(why));
            return null;
        }

        try
        {
            var role = row.Secret is null ? Organizations.Role.Developer : Organizations.Role.Admin;
            return developer.Role < role ? Problem.Forbidden("role", "Only admins delete a connection that has a secret.")
                : await context.TrySaveChangesAsync(developer, role, ConnectionSaves.NoLonger, WriteAsync, ct) is { } refused ? refused
                : Answer.Done;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Stale;
        }
    }

    private async Task<Provider?> FindProviderAsync(Developer developer, NewConnection said, Faults faults, CancellationToken ct)
    {
        // PostgreSQL fails on NUL.
        var provider = said.Provider is { Length: > 0 and <= 100 } id && !id.Contains('\0', StringComparison.Ordinal)
            ? await catalog.FindAsync(developer.OrganizationId, id, ct)
            : null;
        faults.Add("provider", provider is null ? "There is no such provider: GET /api/v1/providers lists them." : null);
        faults.Add("auth_type", provider is null || said.AuthType is not { } type || provider.AuthTypes.Contains(type) ? null : Sentence.Of("{0} is not connected in this way.", provider.Name));
        faults.Add("status", said.Status is null or ConnectionStatus.Draft or ConnectionStatus.Active ? null : "A new connection is draft or active.");
        return faults.Problem is null ? provider : null;
    }

    private Connection New(Developer developer, NewConnection said, Provider provider)
    {
        var now = clock.GetStoredNow();
        var auth = (said.AuthType ?? provider.AuthTypes[0]) == AuthType.ApiKey ? ConnectionAuth.ApiKey : ConnectionAuth.OAuth2;
        return new Connection
        {
            Id = Identifiers.New(Connection.IdPrefix, now),
            OrganizationId = developer.OrganizationId,
            ProviderId = provider.Id,
            Auth = auth,
            Scopes = ConnectionViews.Json(auth == ConnectionAuth.OAuth2 ? provider.Oauth!.Scopes.Default : []),
            CreatedBy = developer.UserId,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }
}
