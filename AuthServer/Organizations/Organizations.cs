using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>Organizations through the API: made, listed, renamed, ended.</summary>
public sealed class Organizations(
    IDbContextFactory<AuthDbContext> contexts,
    Strength strength,
    SignUp signUp,
    Administrators administrators,
    Memberships memberships,
    ITokenFamilies families,
    Closings closings,
    ApplicationDirectory applications,
    ResourceCatalog resources,
    TimeProvider clock)
{
    /// <summary>Those that the person is a member of, oldest membership first.</summary>
    public async Task<Answer<Page<OrganizationDetail>>> ListAsync(Person person, Paging paging, CancellationToken ct)
    {
        var members = await memberships.OfAsync(person.UserId, ct);
        var shown = members.Skip(paging.Offset).Take(paging.Limit).ToList();
        var ids = shown.ConvertAll(member => member.OrganizationId);
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Organizations.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, ct);
        return new Page<OrganizationDetail>(
            [.. shown.Select(member => OrganizationDetail.Of(rows[member.OrganizationId], member.Role))], new PageMeta(members.Count, paging.Limit, paging.Offset));
    }

    public async Task<Answer<OrganizationDetail>> CreateAsync(HttpContext http, Person person, NewOrganization wanted, CancellationToken ct)
    {
        if (OrganizationName.Read(wanted.Name) is not { } name)
        {
            return Problem.Invalid("name", OrganizationName.Rule);
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var email = await context.Users.Where(user => user.Id == person.UserId && !user.Disabled).Select(user => user.Email).FirstOrDefaultAsync(ct);
        if (email is null || !await MayCreateAsync(person.UserId, email, wanted.Invitation, ct))
        {
            return RegistrationProblem.Closed;
        }

        var (organization, owner) = NewOrganizations.Add(context, http, name, person.UserId, clock.GetUtcNow());
        await context.SaveChangesAsync(ct);
        return Answer.Created(OrganizationDetail.Of(organization, owner.Role), "/api/v1/organizations/" + organization.Id);
    }

    /// <summary>Whoever administers the installation could invite themselves, and needs no invitation. The set-up link is for an account, and is not used up here.</summary>
    private async Task<bool> MayCreateAsync(string userId, string email, string? invitation, CancellationToken ct) =>
        (invitation is null && await administrators.IncludeAsync(userId, ct))
        || (await signUp.AskDeveloperAsync(invitation, ct) is { Allowed: true, Invitation: not { Administrator: true } } leave
            && (leave.Email is null || leave.Email.Equals(email, StringComparison.OrdinalIgnoreCase))
            && await signUp.TryUseAsync(leave.Invitation, ct));

    public async Task<Answer<OrganizationDetail>> FindAsync(Developer developer, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Organizations.AsNoTracking().FirstOrDefaultAsync(row => row.Id == developer.OrganizationId, ct) is { } organization
            ? OrganizationDetail.Of(organization, developer.Role)
            : Problem.NotFound;
    }

    public async Task<Answer<OrganizationDetail>> ChangeAsync(
        HttpContext http, Developer developer, OrganizationChange change, IfMatch match, CancellationToken ct)
    {
        if (change.Name is not null && OrganizationName.Read(change.Name) is null)
        {
            return Problem.Invalid("name", OrganizationName.Rule);
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Organizations.FirstOrDefaultAsync(row => row.Id == developer.OrganizationId, ct) is not { } organization)
        {
            return Problem.NotFound;
        }

        if (!match.Allows(organization.Version))
        {
            return Problem.Stale;
        }

        (organization.Name, organization.Version) = (OrganizationName.Read(change.Name) ?? organization.Name, NewOrganizations.NewVersion());
        context.AuditEvents.Add(AuditEventRow.From(Event(http, developer, OrganizationEvents.Changed, clock.GetUtcNow())));
        try
        {
            await context.SaveChangesAsync(ct);
            return OrganizationDetail.Of(organization, developer.Role);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Stale;
        }
    }

    /// <summary>Ends every token of the organization's agents, and the sign-ins of its members for it.</summary>
    public async Task<Answer<NoContent>> EndAsync(HttpContext http, Developer developer, Ending ending, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (ending.Before > now)
        {
            return Problem.Invalid("before", "Give a time that has passed.");
        }

        var why = Event(http, developer, AuditEventTypes.TokenRevoked, now) with { Reason = "end_everything" };
        await families.EndSubjectAsync(developer.OrganizationId, (ending.Before ?? now).ToUniversalTime(), why, ct);
        return Answer.Done;
    }

    /// <summary>Closes it for good: its agents, tokens, APIs, keys, webhooks, invitations and memberships are over. The trail keeps its id.</summary>
    public async Task<Answer<NoContent>> CloseAsync(HttpContext http, Developer developer, Person person, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await strength.MissingAsync(person, ct) is { } problem)
        {
            return problem;
        }

        return await TryCloseAsync(developer.OrganizationId, person.UserId, Event(http, developer, OrganizationEvents.Closed, now), ct) ? Answer.Done : Problem.NotFound;
    }

    /// <summary>The same for whoever may do it to others' organizations. False when this person is not the owner any more.</summary>
    internal async Task<bool> TryCloseAsync(string organizationId, string ownerId, AuditEvent closed, CancellationToken ct)
    {
        if (!await closings.TryCloseAsync(organizationId, ownerId, NewOrganizations.NewVersion(), closed, ct))
        {
            return false;
        }

        resources.Forget();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var clients = context.Agents.Where(row => row.OrganizationId == organizationId)
            .Join(context.Applications, agent => agent.ApplicationId, application => application.Id, (_, application) => application.ClientId);
        foreach (var clientId in await clients.ToListAsync(ct))
        {
            applications.Forget(clientId!);
        }

        return true;
    }

    private static AuditEvent Event(HttpContext http, Developer developer, string type, DateTimeOffset now) =>
        http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Target = developer.OrganizationId,
        };
}
