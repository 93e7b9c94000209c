using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents.Credentials;

/// <summary>By what an agent proves itself: its secrets, or its keys instead.</summary>
public sealed class AgentSecrets(
    IDbContextFactory<AuthDbContext> contexts, StoredCredentials credentials, ApplicationDirectory applications, TimeProvider clock)
{
    public async Task<Answer<Page<SecretAnswer>>> ListAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await AgentRow.FindAsync(context, developer, id, ct) is { } row
            ? await SecretAnswer.OfClientAsync(context, row.Application.Id, clock.GetUtcNow(), ct)
            : Problem.NotFound;
    }

    public async Task<Answer<RotatedSecret>> RotateAsync(HttpContext http, Developer developer, string id, ClientSecretRotation said, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await AgentRow.FindAsync(context, developer, id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var refused = row.RefuseWhenRevoked() ?? await said.RefuseAsync(context, row.Application.Id, ct) ?? (row.Application.JsonWebKeySet is null
            ? null
            : Problem.Conflict("uses_keys", "This agent proves itself by its keys and has no secret."));
        if (refused is not null)
        {
            return refused;
        }

        var now = clock.GetStoredNow();
        DateTimeOffset? until = said.OverlapSeconds == 0 ? null : now.AddSeconds(said.OverlapSeconds);
        var (secret, stored) = ClientSecret.Create(row.Application.Id, now);
        var change = Change(row, ClientSecretHash.Create(secret, ClientSecretHash.RoundsOfGenerated), null, stored, until);
        return await ReplaceAsync(row, change, AgentEvents.Of(AgentEvents.SecretRotated, http, developer, row, now), ct)
            ? new RotatedSecret(secret, SecretAnswer.Of(stored), until)
            : AgentRow.ChangedMeanwhile;
    }

    /// <summary>From now on it proves itself by these keys (RFC 7523), and its secrets are dead.</summary>
    public async Task<Answer<AgentAnswer>> ReplaceKeysAsync(HttpContext http, Developer developer, string id, NewKeys said, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await AgentRow.FindAsync(context, developer, id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var faults = new Faults();
        var keys = AgentKeys.Read(said.Set, said.PublicKey, "keys", faults);
        faults.Add("keys", said.Missing);
        if ((faults.Problem ?? row.RefuseWhenRevoked()) is { } refused)
        {
            return refused;
        }

        var replaced = AgentEvents.Of(AgentEvents.KeysReplaced, http, developer, row, clock.GetUtcNow());
        return await ReplaceAsync(row, Change(row, null, keys, null, null), replaced, ct) ? row.Answer : AgentRow.ChangedMeanwhile;
    }

    private async Task<bool> ReplaceAsync(AgentRow row, CredentialChange change, AuditEvent why, CancellationToken ct)
    {
        var replaced = await credentials.TryReplaceAsync(change, why, ct);
        applications.Forget(row.ClientId);
        return replaced;
    }

    private static CredentialChange Change(AgentRow row, string? secretHash, string? keys, ClientSecret? secret, DateTimeOffset? previousUntil) => new(
        row.Application.Id, row.Application.ConcurrencyToken ?? "", AgentApplication.NewVersion(), secretHash, keys,
        AgentApplication.WithMethod(row.Application.Properties, keys), secret, previousUntil);
}
