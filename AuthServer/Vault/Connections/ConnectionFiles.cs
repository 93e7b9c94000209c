using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Protocol;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Connections as configuration that people review: exported without secrets, and imported as drafts.</summary>
public sealed class ConnectionFiles(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, ConnectionDrafts drafts, ConnectionSaves saves, TimeProvider clock)
{
    private const int Most = 50;

    public async Task<Answer<ConnectionFile>> ExportAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await ConnectionReach.FindAsync(context, new ActingParty(developer), id, ct) is { } row ? ConnectionFile.Of(row) : Problem.NotFound;
    }

    /// <summary>A name that there is already is changed to what the file says; the others become drafts. All or none.</summary>
    /// <param name="dryRun">Only says what would be done.</param>
    public async Task<Answer<ImportAnswer>> ImportAsync(HttpContext http, Developer developer, ConnectionImport said, bool dryRun, CancellationToken ct)
    {
        if (said.Connections is not { Count: > 0 and <= Most } files)
        {
            return Problem.Invalid("connections", $"Give 1 to {Most} connections.");
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var faults = new Faults();
        var (changes, items, names) = (new List<ConnectionSave>(), new List<ImportItem>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (i, file) in files.Index())
        {
            var path = $"connections[{i}]";
            if (file is null || !names.Add(Connection.Normalize(file.Name ?? "")))
            {
                faults.Add(path, file is null ? "Give an object." : "Two of them have this name.");
                continue;
            }

            if ((await ReadAsync(context, developer, file, ct)).Failed(out var problem, out var draft))
            {
                if (problem.Errors is null)
                {
                    return problem;
                }

                Copy(problem, path, faults);
                continue;
            }

            items.Add(ImportItem.Of(draft));
            if (!draft.ChangesNothing)
            {
                changes.Add(new ConnectionSave(draft, ConnectionEvents.Imported));
            }
        }

        return faults.Problem is { } wrong ? wrong
            : !dryRun && changes.Count > 0 && await saves.SaveAsync(context, http, developer, changes, ConnectionReach.Whatever, ct) is { } refused ? refused
            : new ImportAnswer { DryRun = dryRun, Data = items };
    }

    private async Task<Answer<ConnectionDraft>> ReadAsync(AuthDbContext context, Developer developer, ConnectionFile file, CancellationToken ct)
    {
        var faults = new Faults();
        var provider = file.Provider is { Length: > 0 and <= 100 } id && !id.Contains('\0', StringComparison.Ordinal) ? await catalog.FindAsync(developer.OrganizationId, id, ct) : null;
        var (type, name) = (file.AuthType ?? provider?.AuthTypes[0] ?? AuthType.Oauth2, Connection.Normalize(file.Name ?? ""));
        faults.Add("provider", provider is null ? "There is no such provider." : provider.AuthTypes.Contains(type) ? null : Sentence.Of("{0} is not connected in this way.", provider.Name));
        faults.Add("name", file.Name is null ? "The name is missing: it says which connection is meant." : null);
        faults.Add("credentials", file.Credentials?.Keys.All(key => key == "client_id") == false ? "A file holds no secret: set it afterwards." : null);
        var auth = type == AuthType.ApiKey ? ConnectionAuth.ApiKey : ConnectionAuth.OAuth2;
        var row = await context.Connections.FirstOrDefaultAsync(known => known.OrganizationId == developer.OrganizationId && known.NormalizedName == name, ct);
        if (row is not null && (row.ProviderId != provider?.Id || row.Auth != auth || !row.ReadAccess().MayEdit(developer.UserId, developer.Role)))
        {
            faults.Add("name", "Another connection has this name: one of another provider or kind, or one that you may not change.");
        }

        await ConnectionReach.CheckNamedAsync(context, developer, file.Access, faults, ct);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        var now = clock.GetStoredNow();
        row ??= new Connection
        {
            Id = Identifiers.New(Connection.IdPrefix, now),
            OrganizationId = developer.OrganizationId,
            ProviderId = provider!.Id,
            Auth = auth,
            CreatedBy = developer.UserId,
            CreatedAt = now,
        };
        return drafts.Prepare(developer, row, provider!, file, faults);
    }

    private static void Copy(Problem problem, string path, Faults faults)
    {
        foreach (var (field, sentences) in problem.Errors!)
        {
            foreach (var sentence in sentences)
            {
                faults.Add($"{path}.{field}", sentence);
            }
        }
    }
}
