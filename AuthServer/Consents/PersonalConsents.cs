using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Consents;

/// <summary>What a person has granted and what still holds, and taking it back.</summary>
public sealed class PersonalConsents(IDbContextFactory<AuthDbContext> contexts, ScopeCatalog scopes, ITokenFamilies families, TimeProvider clock)
{
    private const int Most = 1000;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<PersonalConsent>> ListAsync(string userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await RowsAsync(context, userId, now, ct);
        var found = new List<PersonalConsent>(rows.Count);
        foreach (var row in rows)
        {
            found.Add(await DescribeAsync(row, ct));
        }

        return found;
    }

    /// <summary>Which agents have a consent of which of these people that still holds.</summary>
    public async Task<IReadOnlySet<(string UserId, string AgentId)>> ActorsAsync(IReadOnlyCollection<string> userIds, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var found =
            from authorization in context.Authorizations
            join consent in context.Consents on authorization.Id equals consent.AuthorizationId
            from agent in context.Agents
            where userIds.Contains(consent.Subject) && authorization.Status == OpenIddictStatuses.Valid
                && (consent.ExpiresAt > now
                    || context.TokenFamilies.Any(family => family.AuthorizationId == authorization.Id && family.EndedAt == null && family.ExpiresAt > now))
                && (consent.ActorId == null ? agent.ApplicationId == consent.ApplicationId : agent.Id == consent.ActorId)
            select new { consent.Subject, agent.Id };
        return (await found.Distinct().ToListAsync(ct)).Select(row => (row.Subject, row.Id)).ToHashSet();
    }

    /// <summary>Takes a consent back: every token of it is dead at once. Taking back what is not there is answered like what is not yours.</summary>
    public async Task<Answer<NoContent>> RevokeAsync(HttpContext http, string userId, string id, CancellationToken ct)
    {
        if (Identifiers.Read("con_", id) is not { } consentId)
        {
            return Problem.NotFound;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(context, userId, consentId, ct) is not { } consent)
        {
            return Problem.NotFound;
        }

        var only = context.Authorizations.Where(authorization => authorization.Id == consentId && authorization.Status == OpenIddictStatuses.Valid);
        return await EndAsync(context, http, consent, only, ct) ? Answer.Done : Problem.NotFound;
    }

    /// <summary>Stops whoever acts by this consent: whatever they hold by it or by any other consent of the person is dead at once.</summary>
    /// <returns>False: the person never gave this one. One that had ended before is stopped as much.</returns>
    public async Task<bool> StopAsync(HttpContext http, string userId, string consentId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(context, userId, consentId, ct) is not { } named)
        {
            return false;
        }

        var mine = context.Consents.Where(consent => consent.ApplicationId == named.ApplicationId && consent.Subject == userId && consent.ActorId == named.ActorId);
        await EndAsync(context, http, named, Live(context, mine, now), ct);
        return true;
    }

    /// <summary>Stops everybody who acts for the person, in one commit: whatever they hold is dead at once, and each event says whose it was.</summary>
    public async Task StopAllAsync(HttpContext http, string userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var mine = context.Consents.Where(consent => consent.Subject == userId);
        var ending = await Live(context, mine, now).Select(authorization => new { authorization.Id, authorization.Scopes }).ToListAsync(ct);
        if (ending.Count == 0)
        {
            return;
        }

        var ids = ending.ConvertAll(row => row.Id);
        var consents = await mine.AsNoTracking().Where(consent => ids.Contains(consent.AuthorizationId)).ToDictionaryAsync(consent => consent.AuthorizationId, StringComparer.Ordinal, ct);
        var (actors, applications) = (consents.Values.Select(consent => consent.ActorId).OfType<string>().ToList(), consents.Values.Select(consent => consent.ApplicationId).ToList());
        var agents = await context.Agents.AsNoTracking().Where(agent => actors.Contains(agent.Id) || applications.Contains(agent.ApplicationId)).ToListAsync(ct);
        var clients = await context.Applications.Where(application => applications.Contains(application.Id)).ToDictionaryAsync(application => application.Id, application => application.ClientId, ct);
        AuditEvent Why(string id, string? scopes)
        {
            var consent = consents[id];
            var agent = agents.Find(one => consent.ActorId is null ? one.ApplicationId == consent.ApplicationId : one.Id == consent.ActorId);
            return Revoked(http, userId, id, scopes, clients.GetValueOrDefault(consent.ApplicationId), agent) with { Reason = "person_stopped_all" };
        }

        await families.EndAuthorizationsAsync([.. ending.Select(row => Why(row.Id, row.Scopes))], ct);
    }

    /// <summary>Of these consents, whatever gives something still, or can: remembered ones, and any other while it has tokens or a code.</summary>
    private static IQueryable<OpenIddictAuthorization> Live(AuthDbContext context, IQueryable<Consent> consents, DateTimeOffset now) =>
        from authorization in context.Authorizations
        join consent in consents on authorization.Id equals consent.AuthorizationId
        where authorization.Status == OpenIddictStatuses.Valid
            && (consent.ExpiresAt > now
                || context.TokenFamilies.Any(family => family.AuthorizationId == authorization.Id && family.EndedAt == null && family.ExpiresAt > now)
                || context.Tokens.Any(token => token.AuthorizationId == authorization.Id && token.Status == OpenIddictStatuses.Valid && token.ExpirationDate > now.UtcDateTime))
        select authorization;

    private static Task<Consent?> FindAsync(AuthDbContext context, string userId, string consentId, CancellationToken ct) =>
        context.Consents.AsNoTracking().FirstOrDefaultAsync(consent => consent.AuthorizationId == consentId && consent.Subject == userId, ct);

    /// <summary>Ends these authorizations in one commit, each with its event; false when there are none.</summary>
    /// <param name="consent">One of them, which says who acts.</param>
    private async Task<bool> EndAsync(
        AuthDbContext context, HttpContext http, Consent consent, IQueryable<OpenIddictAuthorization> authorizations, CancellationToken ct)
    {
        var ending = await authorizations.Select(authorization => new { authorization.Id, authorization.Scopes }).ToListAsync(ct);
        if (ending.Count == 0)
        {
            return false;
        }

        var agent = await context.Agents.AsNoTracking()
            .FirstOrDefaultAsync(agent => consent.ActorId == null ? agent.ApplicationId == consent.ApplicationId : agent.Id == consent.ActorId, ct);
        var clientId = await context.Applications
            .Where(application => application.Id == consent.ApplicationId).Select(application => application.ClientId).FirstOrDefaultAsync(ct);
        return await families.EndAuthorizationsAsync(
            [.. ending.Select(row => Revoked(http, consent.Subject, row.Id, row.Scopes, clientId, agent))], ct);
    }

    private AuditEvent Revoked(HttpContext http, string userId, string id, string? scopes, string? clientId, Agent? agent) =>
        http.Event(AuditEventTypes.ConsentRevoked, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = userId,
            ClientId = clientId,
            AgentId = agent?.Id,
            OrganizationId = agent?.OrganizationId,
            Scope = string.Join(' ', ApplicationMapping.Strings(scopes)),
            Target = id,
            Reason = "person_request",
        };

    // Remembered ones while they last, and any other while it has tokens.
    private static async Task<List<Row>> RowsAsync(AuthDbContext context, string userId, DateTimeOffset now, CancellationToken ct)
    {
        var granted = await (
            from authorization in context.Authorizations.AsNoTracking()
            join consent in context.Consents.AsNoTracking() on authorization.Id equals consent.AuthorizationId
            join application in context.Applications.AsNoTracking() on authorization.ApplicationId equals application.Id
            where authorization.Subject == userId && authorization.Status == OpenIddictStatuses.Valid
                && (consent.ExpiresAt > now
                    || context.TokenFamilies.Any(family => family.AuthorizationId == authorization.Id && family.EndedAt == null && family.ExpiresAt > now))
            orderby authorization.Id descending
            select new { authorization.Id, authorization.CreationDate, authorization.Scopes, application.ClientId, application.DisplayName, application.Properties, Consent = consent })
            .Take(Most).ToListAsync(ct);
        var ids = granted.ConvertAll(row => row.Id);
        var applications = granted.ConvertAll(row => row.Consent.ApplicationId);
        var actors = granted.ConvertAll(row => row.Consent.ActorId);
        var used = await context.TokenFamilies.Where(family => ids.Contains(family.AuthorizationId))
            .GroupBy(family => family.AuthorizationId)
            .Select(families => new { Id = families.Key, LastUsedAt = families.Max(family => family.LastUsedAt) })
            .ToDictionaryAsync(family => family.Id, family => family.LastUsedAt, StringComparer.Ordinal, ct);
        var agents = await context.Agents.AsNoTracking().Where(agent => applications.Contains(agent.ApplicationId) || actors.Contains(agent.Id))
            .Join(context.Organizations, agent => agent.OrganizationId, organization => organization.Id, (agent, organization) => new Acting(agent, organization.Name, organization.SuspendedAt))
            .ToListAsync(ct);
        var owned = await context.OrganizationApplications.AsNoTracking().Where(own => applications.Contains(own.ApplicationId)).ToDictionaryAsync(own => own.ApplicationId, StringComparer.Ordinal, ct);
        return granted.ConvertAll(row => new Row(
            row.Id, row.CreationDate, row.Scopes, row.ClientId, row.DisplayName, row.Consent,
            agents.Find(acting => row.Consent.ActorId is { } actor ? acting.Agent.Id == actor : acting.Agent.ApplicationId == row.Consent.ApplicationId),
            used.TryGetValue(row.Id, out var at) ? at : null,
            ApplicationExtras.Read(row.Properties).Disabled,
            owned.GetValueOrDefault(row.Consent.ApplicationId)));
    }

    private async ValueTask<PersonalConsent> DescribeAsync(Row row, CancellationToken ct)
    {
        var lines = await scopes.DescribeAsync(ApplicationMapping.Strings(row.Scopes), row.Acting?.Agent.OrganizationId, ct);
        var clientName = row.DisplayName ?? row.ClientId ?? "";
        return new PersonalConsent(
            row.Id,
            row.ClientId ?? "",
            clientName,
            row.Acting is not { Agent: var agent, Owner: var owner, OwnerSuspendedAt: var suspendedAt } ? null : new PersonalConsentAgent(
                agent.Id, agent.Name, agent.Description, agent.HomepageUrl, Agent.WordOf(agent.Status), owner)
            {
                StoppedAt = agent.DeactivatedAt,
                OwnerSuspendedAt = suspendedAt,
            },
            [.. lines.Select(line => new PersonalConsentScope(line.Name, line.Title, line.Description, line.Category, line.Risk))],
            row.Consent.RedirectHost,
            ApplicationMapping.Strings(row.Consent.Resources),
            new DateTimeOffset(DateTime.SpecifyKind(row.CreatedAt ?? default, DateTimeKind.Utc)),
            row.Consent.ExpiresAt,
            row.LastUsedAt)
        {
            ClientIsDisabled = row.IsDisabled || row.Application is { DisabledAt: not null },
            ClientRemovedAt = row.Application?.RemovedAt,
        };
    }

    private sealed record Row(
        string Id,
        DateTime? CreatedAt,
        string? Scopes,
        string? ClientId,
        string? DisplayName,
        Consent Consent,
        Acting? Acting,
        DateTimeOffset? LastUsedAt,
        bool IsDisabled,
        OrganizationApplication? Application);

    private sealed record Acting(Agent Agent, string Owner, DateTimeOffset? OwnerSuspendedAt);
}
