using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>Disables, enables and removes organizations' applications, and replaces their secrets.</summary>
public sealed class ApplicationLife(
    IDbContextFactory<AuthDbContext> contexts, StoredCredentials credentials, ITokenFamilies families, ApplicationDirectory applications, TimeProvider clock)
{
    private static Problem Held { get; } = Problem.Conflict("disabled_by_administrator", "An administrator of this server disabled this application. Only they can enable it again.");

    /// <summary>All its tokens are dead once this returns, and it gets no new ones until it is enabled.</summary>
    public Task<Answer<ApplicationItem>> DisableAsync(HttpContext http, Developer developer, string id, CancellationToken ct) =>
        ChangeAsync(http, developer, id, ApplicationEvents.Disabled, Role.Developer, (owned, now) => owned.DisabledAt ??= now, owned => owned.DisabledAt is null, ct);

    /// <summary>None of the old tokens comes back.</summary>
    public Task<Answer<ApplicationItem>> EnableAsync(HttpContext http, Developer developer, string id, CancellationToken ct) =>
        ChangeAsync(http, developer, id, ApplicationEvents.Enabled, Role.Developer, (owned, _) => owned.DisabledAt = null, owned => owned.DisabledAt is not null, ct);

    /// <summary>For good.</summary>
    public async Task<Answer<NoContent>> RemoveAsync(HttpContext http, Developer developer, string id, CancellationToken ct) =>
        (await ChangeAsync(http, developer, id, AuditEventTypes.ClientRemoved, Role.Admin, (owned, now) => owned.RemovedAt ??= now, owned => owned.RemovedAt is null, ct)).Problem is { } problem
            ? problem
            : Answer.Done;

    public async Task<Answer<Page<SecretAnswer>>> SecretsAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await OrganizationApplications.FindAsync(context, developer, id, ct) is { } found
            ? await SecretAnswer.OfClientAsync(context, found.Row.Id, clock.GetUtcNow(), ct)
            : Problem.NotFound;
    }

    public async Task<Answer<RotatedSecret>> RotateAsync(HttpContext http, Developer developer, string id, ClientSecretRotation said, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await OrganizationApplications.FindAsync(context, developer, id, ct) is not { } found)
        {
            return Problem.NotFound;
        }

        var row = found.Row;
        if ((OrganizationApplications.RefuseWhenRemoved(found.Owned) ?? await said.RefuseAsync(context, row.Id, ct)
            ?? (ApplicationRules.IsPublic(found.Owned.Kind) ? Problem.Conflict("public_client", "This application keeps no secret: whoever has it could read it.") : null)) is { } refused)
        {
            return refused;
        }

        var now = clock.GetStoredNow();
        DateTimeOffset? until = said.OverlapSeconds == 0 ? null : now.AddSeconds(said.OverlapSeconds);
        var (secret, stored) = ClientSecret.Create(row.Id, now);
        var change = new CredentialChange(
            row.Id, row.ConcurrencyToken ?? "", OrganizationApplications.NewVersion(), ClientSecretHash.Create(secret, ClientSecretHash.RoundsOfGenerated), row.JsonWebKeySet, row.Properties, stored, until);
        var replaced = await credentials.TryReplaceAsync(change, ApplicationEvents.Of(ApplicationEvents.SecretRotated, http, developer, row, now), ct);
        applications.Forget(row.ClientId!);
        return replaced ? new RotatedSecret(secret, SecretAnswer.Of(stored), until) : OrganizationApplications.ChangedMeanwhile;
    }

    private async Task<Answer<ApplicationItem>> ChangeAsync(
        HttpContext http, Developer developer, string id, string type, Role role, Action<OrganizationApplication, DateTimeOffset> change, Func<OrganizationApplication, bool> differs, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await OrganizationApplications.FindAsync(context, developer, id, ct) is not { } found)
        {
            return Problem.NotFound;
        }

        var (owned, row) = (found.Owned, found.Row);

        // What an administrator of the server disabled is not the organization's to enable.
        if (type == ApplicationEvents.Enabled && owned.RemovedAt is null && ApplicationExtras.Read(row.Properties).Disabled)
        {
            return Held;
        }

        if (!differs(owned))
        {
            return ApplicationItem.Of(owned, row);
        }

        if (OrganizationApplications.RefuseWhenRemoved(owned) is { } removed)
        {
            return removed;
        }

        var now = clock.GetStoredNow();
        change(owned, now);
        (owned.UpdatedAt, owned.Version, row.ConcurrencyToken) = (now, OrganizationApplications.NewVersion(), OrganizationApplications.NewVersion());
        context.AuditEvents.Add(AuditEventRow.From(ApplicationEvents.Of(type, http, developer, row, now)));
        if (owned.RemovedAt is not null)
        {
            await ApplicationOrigins.WriteAsync(context, row.Id, [], ct);
        }

        try
        {
            if (!await context.TrySaveChangesAsync(developer, role, ct))
            {
                return Problem.Forbidden("role", "You can no longer change applications.");
            }
        }
        catch (DbUpdateConcurrencyException) // the framework has no other way to say that somebody else was first
        {
            return OrganizationApplications.ChangedMeanwhile;
        }

        applications.Forget(row.ClientId!);
        if (owned.DisabledAt is not null || owned.RemovedAt is not null)
        {
            var ended = http.Event(AuditEventTypes.TokenRevoked, AuditOutcomes.Success, now) with { ClientId = row.ClientId, OrganizationId = developer.OrganizationId, Target = row.ClientId, Reason = type == ApplicationEvents.Disabled ? "client_disabled" : "client_removed" };
            await families.EndSubjectAsync(row.ClientId!, now, ended, ct);
        }

        return ApplicationItem.Of(owned, row);
    }
}
