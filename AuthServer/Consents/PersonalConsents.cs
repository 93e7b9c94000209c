using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
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
        var rows = await Rows(context, userId, now).Take(Most).ToListAsync(ct);
        var found = new List<PersonalConsent>(rows.Count);
        foreach (var row in rows)
        {
            found.Add(await DescribeAsync(row, ct));
        }

        return found;
    }

    /// <summary>Takes a consent back: every token of it is dead at once. Taking back what is not there is answered like what is not yours.</summary>
    public async Task<Answer<Nothing>> RevokeAsync(HttpContext http, string userId, string consentId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = await context.Authorizations.AsNoTracking()
            .Where(authorization => authorization.Id == consentId && authorization.Subject == userId && authorization.Status == OpenIddictStatuses.Valid)
            .Select(authorization => new { authorization.ApplicationId, authorization.Scopes })
            .FirstOrDefaultAsync(ct);
        if (row is null)
        {
            return Problem.NotFound;
        }

        var actor = await context.Consents.Where(consent => consent.AuthorizationId == consentId).Select(consent => consent.ActorId).FirstOrDefaultAsync(ct);
        var agent = await context.Agents.AsNoTracking()
            .FirstOrDefaultAsync(agent => actor == null ? agent.ApplicationId == row.ApplicationId : agent.Id == actor, ct);
        var clientId = await context.Applications.Where(application => application.Id == row.ApplicationId).Select(application => application.ClientId).FirstOrDefaultAsync(ct);
        var revoked = http.Event(AuditEventTypes.ConsentRevoked, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = userId,
            ClientId = clientId,
            AgentId = agent?.Id,
            OrganizationId = agent?.OrganizationId,
            Scope = string.Join(' ', ApplicationMapping.Strings(row.Scopes)),
            Target = consentId,
            Reason = "person_request",
        };
        await families.EndAuthorizationAsync(consentId, revoked, ct);
        return Answer.Done;
    }

    // Remembered ones while they last, and any other while it has tokens.
    private static IQueryable<Row> Rows(AuthDbContext context, string userId, DateTimeOffset now) =>
        from authorization in context.Authorizations.AsNoTracking()
        join consent in context.Consents on authorization.Id equals consent.AuthorizationId
        join application in context.Applications on authorization.ApplicationId equals application.Id
        from agent in context.Agents.Where(agent => consent.ActorId == null ? agent.ApplicationId == application.Id : agent.Id == consent.ActorId).DefaultIfEmpty()
        from organization in context.Organizations.Where(organization => agent != null && organization.Id == agent.OrganizationId).DefaultIfEmpty()
        let live = context.TokenFamilies.Any(family => family.AuthorizationId == authorization.Id && family.EndedAt == null && family.ExpiresAt > now)
        where authorization.Subject == userId && authorization.Status == OpenIddictStatuses.Valid && (live || consent.ExpiresAt > now)
        orderby authorization.Id descending
        select new Row(
            authorization.Id, authorization.CreationDate, authorization.Scopes, application.ClientId, application.DisplayName, consent, agent, organization,
            context.TokenFamilies.Where(family => family.AuthorizationId == authorization.Id).Max(family => (DateTimeOffset?)family.LastUsedAt));

    private async ValueTask<PersonalConsent> DescribeAsync(Row row, CancellationToken ct)
    {
        var lines = await scopes.DescribeAsync(ApplicationMapping.Strings(row.Scopes), row.Agent?.OrganizationId, ct);
        var clientName = row.DisplayName ?? row.ClientId ?? "";
        return new PersonalConsent(
            row.Id,
            row.ClientId ?? "",
            clientName,
            row.Agent is not { } agent ? null : new PersonalConsentAgent(
                agent.Id, agent.Name, agent.Description, agent.HomepageUrl, agent.Status.ToString().ToLowerInvariant(), row.Organization?.Name ?? agent.OrganizationId),
            [.. lines.Select(line => new PersonalConsentScope(line.Name, line.Title, line.Description, line.Category, line.Risk))],
            row.Consent.RedirectHost,
            ApplicationMapping.Strings(row.Consent.Resources),
            new DateTimeOffset(DateTime.SpecifyKind(row.CreatedAt ?? default, DateTimeKind.Utc)),
            row.Consent.ExpiresAt,
            row.LastUsedAt);
    }

    private sealed record Row(
        string Id,
        DateTime? CreatedAt,
        string? Scopes,
        string? ClientId,
        string? DisplayName,
        Consent Consent,
        Agent? Agent,
        Organization? Organization,
        DateTimeOffset? LastUsedAt);
}
