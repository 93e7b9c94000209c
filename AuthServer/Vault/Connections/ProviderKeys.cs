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
public sealed class ProviderKeys(IDbContextFactory<AuthDbContext> contexts, ConnectionDrafts drafts, ConnectionSaves saves, ConnectionViews views, TimeProvider clock)
{
    public async Task<Answer<ProviderKeySummary>> ReadAsync(Developer developer, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return Summarize(await FindAsync(context.Connections.AsNoTracking(), developer, ct), developer);
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
        var rows = await FindAsync(context.Connections, developer, ct);
        var changes = new List<ConnectionSave>();
        foreach (var provider in wanted.GroupBy(one => one.Name.Provider).Select(group => (Definition: ShippedProviders.Find(group.Key)!, Keys: group.ToList())))
        {
            var row = rows.Find(row => row.ProviderId == provider.Definition.Id);
            if (row is null && provider.Keys.TrueForAll(key => key.Value is null))
            {
                continue;
            }

            row ??= await NewAsync(context, developer, provider.Definition, ct);
            if (Prepare(developer, row, provider.Definition, provider.Keys).Failed(out var problem, out var draft))
            {
                if (problem.Errors is null)
                {
                    return problem;
                }

                Rename(problem, provider.Keys, faults);
            }
            else if (!draft.ChangesNothing)
            {
                changes.Add(new ConnectionSave(draft, row.Version == 0 ? ConnectionEvents.Created : ConnectionEvents.Updated));
            }
        }

        if (faults.Problem is { } refused)
        {
            return refused;
        }

        if (changes.Count > 0)
        {
            context.AuditEvents.Add(AuditEventRow.From(Event(http, developer, wanted.Select(one => one.Name.Name))));
            if (await saves.SaveAsync(context, http, developer, changes, ConnectionReach.Whatever, ct) is { } failed)
            {
                return failed;
            }
        }

        return await ReadAsync(developer, ct);
    }

    private static List<(ProviderKeyName Name, string? Value)> Read(ProviderKeyChange said, Faults faults)
    {
        var wanted = new List<(ProviderKeyName, string?)>();
        foreach (var (name, value) in said.Keys)
        {
            if (ProviderKeyName.Find(name) is not { } known)
            {
                faults.Add(name, $"There is no such key. Known are: {string.Join(", ", ProviderKeyName.All.Select(one => one.Name))}.");
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

    private ProviderKeySummary Summarize(List<Connection> rows, Developer developer)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = rows.Where(row => row.ReadAccess().MayView(developer.UserId, developer.Role)).ToList();
        foreach (var row in seen)
        {
            var secret = drafts.Open(row);
            foreach (var name in ProviderKeyName.All.Where(name => name.Provider == row.ProviderId))
            {
                if (secret.Values.TryGetValue(name.Field, out var value))
                {
                    values[name.Name] = value;
                }
            }
        }

        return ProviderKeySummary.Of(values, seen.Count == 0 ? null : seen.Max(row => row.UpdatedAt));
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
