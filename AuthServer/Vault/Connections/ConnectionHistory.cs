using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>What a connection was before: its versions, what differs between two, and the way back.</summary>
public sealed class ConnectionHistory(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, ConnectionDrafts drafts, ConnectionSaves saves, ConnectionViews views)
{
    public async Task<Answer<Page<ConnectionVersionItem>>> ListAsync(Developer developer, string id, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ConnectionReach.FindAsync(context, new ActingParty(developer), id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var all = context.ConnectionVersions.AsNoTracking().Where(version => version.ConnectionId == row.Id);
        var part = await all.OrderByDescending(version => version.Number).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<ConnectionVersionItem>([.. part.Select(ConnectionVersionItem.Of)], new PageMeta(await all.CountAsync(ct), paging.Limit, paging.Offset));
    }

    /// <param name="against">Another version; null: the present one.</param>
    public async Task<Answer<ConnectionVersionDetail>> FindAsync(Developer developer, string id, int number, int? against, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ConnectionReach.FindAsync(context, new ActingParty(developer), id, ct) is not { } row || await FindAsync(context, row, number, ct) is not { } version)
        {
            return Problem.NotFound;
        }

        var other = against is null ? ConnectionSnapshot.Of(row) : await FindAsync(context, row, against.Value, ct) is { } named ? ConnectionSnapshot.Read(named.Snapshot) : null;
        if (other is null)
        {
            return Problem.Invalid("against", "There is no such version, or it is not kept any more.");
        }

        var snapshot = ConnectionSnapshot.Read(version.Snapshot);
        return new ConnectionVersionDetail(ConnectionVersionItem.Of(version), snapshot, against ?? row.Version, ConnectionSnapshot.Compare(snapshot, other));
    }

    /// <summary>Everything but its status and its secret, which stay what they are.</summary>
    public async Task<Answer<ConnectionItem>> RestoreAsync(HttpContext http, Developer developer, string id, int number, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await ConnectionReach.FindForChangeAsync(context, developer, id, match, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        if (await FindAsync(context, row, number, ct) is not { } version)
        {
            return Problem.NotFound;
        }

        if (await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct) is not { } provider)
        {
            return ConnectionDrafts.Incomplete(views.MissingOf(row, null));
        }

        // What was right then is checked as of today: a member may have gone, and the provider may have changed.
        var (said, faults) = (ConnectionReplay.Of(row.Auth, ConnectionSnapshot.Read(version.Snapshot)), new Faults());
        await ConnectionReach.CheckNamedAsync(context, developer, said.Access, faults, ct);
        if (drafts.Prepare(developer, row, provider, said, faults).Failed(out problem, out var draft))
        {
            return problem;
        }

        var change = new ConnectionSave(draft, ConnectionEvents.Restored, More: ("restored_version", number));
        return !draft.ChangesNothing && await saves.SaveAsync(context, http, developer, [change], match, ct) is { } refused ? refused : await views.ShowAsync(row, developer, ct);
    }

    private static Task<ConnectionVersion?> FindAsync(AuthDbContext context, Connection row, int number, CancellationToken ct) =>
        context.ConnectionVersions.AsNoTracking().FirstOrDefaultAsync(version => version.ConnectionId == row.Id && version.Number == number, ct);
}

/// <summary>One change of a connection.</summary>
[SnakeCase]
public sealed record ConnectionVersionItem
{
    public required int Version { get; init; }

    /// <summary>What was changed, by its path.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>Whether the secret was; no version holds it.</summary>
    public required bool SecretChanged { get; init; }

    public string? ChangedBy { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    internal static ConnectionVersionItem Of(ConnectionVersion row) => new()
    {
        Version = row.Number,
        Changed = JsonSerializer.Deserialize<string[]>(row.Changed, ApiJson.Options) ?? [],
        SecretChanged = row.SecretChanged,
        ChangedBy = row.ChangedBy,
        ChangedAt = row.At,
    };
}

/// <summary>A version, and what is otherwise in another.</summary>
/// <param name="Against">The other version.</param>
/// <param name="Differences">From this version to the other.</param>
[SnakeCase]
public sealed record ConnectionVersionDetail(ConnectionVersionItem Version, ConnectionSnapshot Configuration, int Against, IReadOnlyList<ConnectionDifference> Differences);
