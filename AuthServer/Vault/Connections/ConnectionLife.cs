using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Puts connections into service and takes them out of it.</summary>
public sealed class ConnectionLife(IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, ConnectionSaves saves, ConnectionViews views)
{
    /// <summary>Refused while something is missing, which the answer says.</summary>
    public Task<Answer<ConnectionItem>> ActivateAsync(HttpContext http, Developer developer, string id, IfMatch match, CancellationToken ct) =>
        MoveAsync(http, developer, id, ConnectionStatus.Active, ConnectionEvents.Activated, match, ct);

    public Task<Answer<ConnectionItem>> DeactivateAsync(HttpContext http, Developer developer, string id, IfMatch match, CancellationToken ct) =>
        MoveAsync(http, developer, id, ConnectionStatus.Inactive, ConnectionEvents.Deactivated, match, ct);

    private async Task<Answer<ConnectionItem>> MoveAsync(
        HttpContext http, Developer developer, string id, ConnectionStatus status, string type, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await ConnectionReach.FindForChangeAsync(context, developer, id, match, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        if (row.Status == status)
        {
            return await views.ShowAsync(row, developer, ct);
        }

        if (!ConnectionStates.Allows(row.Status, status))
        {
            return Problem.Conflict("invalid_state", Sentence.Of("A connection that is {0} cannot become {1}.", Word(row.Status), Word(status)));
        }

        var provider = await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct);
        if (ConnectionStates.IsComplete(status) && views.MissingOf(row, provider) is { Count: > 0 } missing)
        {
            return ConnectionDrafts.Incomplete(missing);
        }

        (row.Status, row.Fault) = (status, null);
        var change = new ConnectionSave(new ConnectionDraft(row, ["status"], SecretChanged: false), type);
        return await saves.SaveAsync(context, http, developer, [change], match, ct) is { } refused ? refused : await views.ShowAsync(row, developer, ct);
    }

    private static string Word(ConnectionStatus status) => status.ToString().ToLowerInvariant();
}
