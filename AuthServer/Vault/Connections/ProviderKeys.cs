using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>An organization's keys of providers by their names. Each is the default API-key connection of its provider: one store, two doors.</summary>
public sealed class ProviderKeys(
    IDbContextFactory<AuthDbContext> contexts, ConnectionDrafts drafts, ConnectionSaves saves, ConnectionViews views, ConnectionTest test, TimeProvider clock)
{
    private static readonly string Known = string.Join(", ", ProviderKeyName.All.Select(name => name.Name));

    public async Task<Answer<ProviderKeySummary>> ReadAsync(Developer developer, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return Summarize(await FindAsync(context.Connections.AsNoTracking(), developer, ct), developer);
    }

    /// <summary>When all that was set of a provider went, and by whom; null: something is set, or nothing ever was that is known of.</summary>
    public async Task<ConnectionVersionItem?> FindEndAsync(Developer developer, string providerId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = (await FindAsync(context.Connections.AsNoTracking(), developer, ct)).Find(row => row.ProviderId == providerId);
        return row is not { Secret: null } || !row.ReadAccess().MayView(developer.UserId, developer.Role) ? null
            : await context.ConnectionVersions.AsNoTracking().Where(version => version.ConnectionId == row.Id && version.SecretChanged)
                .OrderByDescending(version => version.Number).FirstOrDefaultAsync(ct) is { } end ? ConnectionVersionItem.Of(end)
            : null;
    }

    public async Task<Answer<ProviderKeySummary>> ChangeAsync(HttpContext http, Developer developer, ProviderKeyChange said, CancellationToken ct)
    {
        var faults = new Faults();
        var wanted = Read(said, faults);
        if (faults.Problem is { } unknown)
        {
            return unknown;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await DraftAsync(context, developer, wanted, ct)).Failed(out var problem, out var changes))
        {
            return problem;
        }

        if (changes.Count > 0)
        {
            context.AuditEvents.Add(AuditEventRow.From(Event(http, developer, wanted.Select(one => one.Name.Name))));
            if (await saves.SaveAsync(context, http, developer, changes, ConnectionReach.Whatever, ct) is { } refused)
            {
                return refused;
            }
        }

        return await ReadAsync(developer, ct);
    }

    /// <summary>One change for each provider of which something is not what it was.</summary>
    private async Task<Answer<List<ConnectionSave>>> DraftAsync(
        AuthDbContext context, Developer developer, List<(ProviderKeyName Name, string? Value)> wanted, CancellationToken ct)
    {
        var (faults, changes) = (new Faults(), new List<ConnectionSave>());
        var rows = await FindAsync(context.Connections, developer, ct);
        foreach (var keys in wanted.GroupBy(one => one.Name.Provider).Select(group => group.ToList()))
        {
            var provider = ShippedProviders.Find(keys[0].Name.Provider)!;
            var row = rows.Find(row => row.ProviderId == provider.Id);
            if (row is null && keys.TrueForAll(key => key.Value is null))
            {
                continue;
            }

            row ??= await NewAsync(context, developer, provider, ct);
            if (Prepare(developer, row, provider, keys).Failed(out var problem, out var draft))
            {
                if (problem.Errors is null)
                {
                    return problem;
                }

                Rename(problem, keys, faults);
            }
            else if (!draft.ChangesNothing)
            {
                changes.Add(new ConnectionSave(draft, row.Version == 0 ? ConnectionEvents.Created : ConnectionEvents.Updated) { OnlyAsFirst = true });
            }
        }

        return faults.Problem is { } wrong ? wrong : changes;
    }

    /// <summary>By a real call of the provider.</summary>
    public async Task<Answer<ProviderKeyVerdict>> CheckAsync(HttpContext http, Developer developer, ProviderKeyCheck said, CancellationToken ct)
    {
        if (said.Name is null || ProviderKeyName.Find(said.Name) is not { } name)
        {
            return Problem.Invalid("name", $"Give one of these: {Known}.");
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = (await FindAsync(context.Connections.AsNoTracking(), developer, ct)).Find(row => row.ProviderId == name.Provider);
        return row is null ? Problem.NotFound
            : (await test.RunAsync(http, developer, row.Id, ct)).Failed(out var problem, out var result) ? problem
            : new ProviderKeyVerdict(name.Name, row.Id, result.Verdict, result.LatencyMs, result.Cause, result.Message, result.NextStep, result.TestedAt);
    }

    private static List<(ProviderKeyName Name, string? Value)> Read(ProviderKeyChange said, Faults faults)
    {
        var wanted = new List<(ProviderKeyName, string?)>();
        foreach (var (name, value) in said.Keys)
        {
            if (ProviderKeyName.Find(name) is not { } known)
            {
                faults.Add(name, $"There is no such key. Known are: {Known}.");
            }
            else if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                faults.Add(name, "Give the key, or null to delete it.");
            }
            else
            {
                wanted.Add((known, value.GetString()));
            }
        }

        return wanted;
    }

    private Answer<ConnectionDraft> Prepare(Developer developer, Connection row, Provider provider, List<(ProviderKeyName Name, string? Value)> keys)
    {
        var wasEmpty = row.Secret is null;
        var before = row.Status;

        // What lost a key cannot be called by any more; what gets its first is there to be called by.
        row.Status = before == ConnectionStatus.Active ? ConnectionStatus.Inactive : before;
        var said = new ConnectionChange { Credentials = keys.ToDictionary(key => key.Name.Field, key => key.Value, StringComparer.Ordinal) };
        if (drafts.Prepare(developer, row, provider, said, new Faults()).Failed(out var problem, out var draft))
        {
            return problem;
        }

        var complete = views.MissingOf(row, provider).Count == 0;
        row.Status = complete && (before == ConnectionStatus.Active || wasEmpty) ? ConnectionStatus.Active
            : before == ConnectionStatus.Active ? ConnectionStatus.Inactive
            : before;
        return row.Status == before ? draft : draft with { Changed = [.. draft.Changed, "status"] };
    }

    private async Task<Connection> NewAsync(AuthDbContext context, Developer developer, Provider provider, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        return new Connection
        {
            Id = Identifiers.New(Connection.IdPrefix, now),
            OrganizationId = developer.OrganizationId,
            ProviderId = provider.Id,
            Name = await ConnectionReach.FreeNameAsync(context, developer, $"{provider.Name} API key", ct),
            Auth = ConnectionAuth.ApiKey,
            IsDefault = true,
            CreatedBy = developer.UserId,
            CreatedAt = now,
        };
    }

    private static ProviderKeySummary Summarize(List<Connection> rows, Developer developer)
    {
        var lastOnes = new Dictionary<string, string?>(StringComparer.Ordinal);
        var seen = rows.Where(row => row.ReadAccess().MayView(developer.UserId, developer.Role)).ToList();
        foreach (var row in seen)
        {
            var parts = row.ReadSecretParts();
            foreach (var name in ProviderKeyName.All.Where(name => name.Provider == row.ProviderId))
            {
                if (parts.TryGetValue(name.Field, out var last4))
                {
                    lastOnes[name.Name] = last4;
                }
            }
        }

        return ProviderKeySummary.Of(lastOnes, seen.Count == 0 ? null : seen.Max(row => row.UpdatedAt));
    }

    private static Task<List<Connection>> FindAsync(IQueryable<Connection> all, Developer developer, CancellationToken ct) =>
        all.Where(row => row.OrganizationId == developer.OrganizationId && row.Auth == ConnectionAuth.ApiKey && row.IsDefault).ToListAsync(ct);

    /// <summary>The caller knows keys by their names here.</summary>
    private static void Rename(Problem problem, List<(ProviderKeyName Name, string? Value)> keys, Faults faults)
    {
        foreach (var (path, sentences) in problem.Errors!)
        {
            foreach (var sentence in sentences)
            {
                faults.Add(keys.Find(key => path == $"credentials.{key.Name.Field}").Name?.Name ?? path, sentence);
            }
        }
    }

    private AuditEvent Event(HttpContext http, Developer developer, IEnumerable<string> names) =>
        http.Event(ConnectionEvents.CredentialsUpdated, AuditOutcomes.Success, clock.GetStoredNow()) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Target = developer.OrganizationId,
            Detail = JsonSerializer.Serialize(new { key = developer.KeyId, changed = names.Order(StringComparer.Ordinal) }, ApiJson.Options),
        };
}
