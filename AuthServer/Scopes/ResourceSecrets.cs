using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>Replaces the secret by which an organization's API introspects its tokens.</summary>
public sealed class ResourceSecrets(IDbContextFactory<AuthDbContext> contexts, StoredCredentials credentials, ApplicationDirectory applications, TimeProvider clock)
{
    public async Task<Answer<Page<SecretAnswer>>> ListAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.ProtectedResources.Where(row => row.OrganizationId == developer.OrganizationId && row.Id == id).Select(row => row.ApplicationId).FirstOrDefaultAsync(ct) is { } client
            ? await SecretAnswer.OfClientAsync(context, client, clock.GetUtcNow(), ct)
            : Problem.NotFound;
    }

    public async Task<Answer<RotatedSecret>> RotateAsync(HttpContext http, Developer developer, string id, ClientSecretRotation rotation, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var known = Identifiers.Read("res_", id);
        var found = known is null ? null : await context.ProtectedResources.AsNoTracking()
            .Where(row => row.OrganizationId == developer.OrganizationId && row.Id == known)
            .Join(context.Applications.AsNoTracking(), row => row.ApplicationId, client => client.Id, (row, client) => new { row.Uri, Client = client })
            .FirstOrDefaultAsync(ct);
        if (found is null)
        {
            return Problem.NotFound;
        }

        var (client, now) = (found.Client, clock.GetStoredNow());
        if (await rotation.RefuseAsync(context, client.Id, ct) is { } refused)
        {
            return refused;
        }

        DateTimeOffset? until = rotation.OverlapSeconds == 0 ? null : now.AddSeconds(rotation.OverlapSeconds);
        var (secret, stored) = ClientSecret.Create(client.Id, now);
        var change = new CredentialChange(
            client.Id, client.ConcurrencyToken ?? "", Guid.NewGuid().ToString(), ClientSecretHash.Create(secret, ClientSecretHash.RoundsOfGenerated),
            client.JsonWebKeySet, client.Properties, stored, until);
        var rotated = http.Event(ScopeEvents.ResourceSecretRotated, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            ClientId = client.ClientId,
            OrganizationId = developer.OrganizationId,
            Target = known,
            Detail = developer.Known?.Detail,
        };
        var replaced = await credentials.TryReplaceAsync(change, rotated, ct);
        applications.Forget(client.ClientId ?? "");
        return replaced
            ? new RotatedSecret(secret, SecretAnswer.Of(stored), until)
            : Problem.Conflict("changed_meanwhile", "The secret was replaced meanwhile.");
    }
}
