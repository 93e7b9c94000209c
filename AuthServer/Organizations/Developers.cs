using AuthServer.Accounts;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>Developers through the API: they register with an organization, sign in to one, and ask who they are.</summary>
public sealed class Developers(AuthDbContext context, Registration registration, SignUp signUp, ApiSignIn signIn, RefusedSignIns refused, TimeProvider clock)
{
    private const string FirstKey = "First key";

    /// <summary>A person, their organization and its first key, in one commit.</summary>
    public async Task<Answer<RegisteredDeveloper>> RegisterAsync(HttpContext http, NewDeveloper wanted, CancellationToken ct)
    {
        if (OrganizationName.Read(wanted.OrganizationName ?? wanted.Name) is not { } name)
        {
            return Problem.Invalid(wanted.OrganizationName is null ? "name" : "organizationName", OrganizationName.Rule);
        }

        RegisteredDeveloper? made = null;
        var request = new RegistrationRequest(wanted.Email, wanted.Name, wanted.Password, wanted.Invitation);
        var outcome = await registration.TryAsync(
            http, request, signUp.AskDeveloperAsync, (context, user) => made = Add(context, http, user, name), ct);
        if (outcome is not RegistrationOutcome.Registered registered)
        {
            return RegistrationProblem.Of(http, outcome);
        }

        await signIn.RememberAsync(http, registered.User, ct);
        return Answer.Created(made!, "/api/v1/developers/me");
    }

    public async Task<Answer<SignedInDeveloper>> LoginAsync(HttpContext http, DeveloperCredentials sent, CancellationToken ct)
    {
        if ((await signIn.CheckAsync(http, sent, ct)).Failed(out var problem, out var person))
        {
            return problem;
        }

        var user = person.User;
        var organizationId = sent.OrganizationId is null ? null : Identifiers.Read("acct_", sent.OrganizationId);
        var member = organizationId is null && sent.OrganizationId is not null ? null : await context.Members.AsNoTracking()
            .Where(row => row.UserId == user.Id && (organizationId == null || row.OrganizationId == organizationId))
            .OrderBy(row => row.JoinedAt).ThenBy(row => row.OrganizationId).FirstOrDefaultAsync(ct);
        if (member is null)
        {
            // Told only to whoever knows the password.
            await refused.RecordAsync(http, context, user, "no_member", ct);
            return Problem.Forbidden("no_member", sent.OrganizationId is null ? "You are not a member of any organization." : "You are not a member of this organization.");
        }

        return new SignedInDeveloper(DeveloperProfile.Of(user, member), await signIn.SignInAsync(http, person, member.OrganizationId, ct));
    }

    public async Task<Answer<DeveloperAnswer>> FindAsync(Developer caller, CancellationToken ct)
    {
        var found = await (
            from member in context.Members.AsNoTracking()
            join user in context.Users on member.UserId equals user.Id
            join organization in context.Organizations on member.OrganizationId equals organization.Id
            where member.OrganizationId == caller.OrganizationId && member.UserId == caller.UserId
            select new { user, member, organization }).FirstOrDefaultAsync(ct);
        if (found is null)
        {
            return Problem.NotFound;
        }

        var key = caller.KeyId is null ? null : await context.DeveloperKeys.AsNoTracking().FirstOrDefaultAsync(row => row.Id == caller.KeyId, ct);
        return new DeveloperAnswer(
            DeveloperProfile.Of(found.user, found.member), OrganizationDetail.Of(found.organization, caller.Role), key is null ? null : KeyDetail.Of(key));
    }

    private RegisteredDeveloper Add(AuthDbContext context, HttpContext http, User user, string name)
    {
        var now = clock.GetUtcNow();
        var (organization, owner) = NewOrganizations.Add(context, http, name, user.Id, now);

        // Not the owner's role: handing the organization over or ending it takes a person who has just signed in.
        var (key, secret) = DeveloperKey.Create(organization.Id, user.Id, FirstKey, Role.Admin, null, now);
        context.DeveloperKeys.Add(key);
        context.AuditEvents.Add(AuditEventRow.From(http.Event(OrganizationEvents.KeyCreated, AuditOutcomes.Success, now) with
        {
            Subject = user.Id,
            OrganizationId = organization.Id,
            Target = key.Id,
        }));
        return new RegisteredDeveloper(
            DeveloperProfile.Of(user, owner), OrganizationDetail.Of(organization), secret, signIn.Begin(http, user, SignInMeans.Password, organization.Id));
    }
}
