using AuthServer.Accounts.Strong;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>What people do with their own account through the API: end everything, and have it removed.</summary>
public sealed class OwnAccount(
    AuthDbContext context, PasswordCheck passwords, Strength strength, ITokenFamilies families, Closings closings, GrantEndings grants, AuditErasure erasure, TimeProvider clock)
{
    /// <summary>Ends every session and token of the person.</summary>
    public async Task<Answer<NoContent>> EndAsync(HttpContext http, Person person, PersonEnding ending, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (ending.Before > now)
        {
            return Problem.Invalid("before", "Give a time that has passed.");
        }

        var why = http.Event(AuditEventTypes.TokenRevoked, AuditOutcomes.Success, now) with
        {
            Subject = person.UserId,
            Target = person.UserId,
            Reason = "end_everything",
        };
        await families.EndSubjectAsync(person.UserId, (ending.Before ?? now).ToUniversalTime(), why, ct);
        return Answer.Done;
    }

    /// <summary>What the person has to hand over before their account can be removed.</summary>
    public async Task<RemovalObstacles> ObstaclesAsync(string userId, CancellationToken ct) => new(
        await context.Users.AnyAsync(row => row.Id == userId && row.IsAdministrator && !row.Disabled, ct)
            && !await context.Users.AnyAsync(row => row.Id != userId && row.IsAdministrator && !row.Disabled, ct),
        await context.Members.AsNoTracking().Where(row => row.UserId == userId && row.Role == Role.Owner)
            .Join(context.Organizations, member => member.OrganizationId, organization => organization.Id, (member, organization) => organization)
            .OrderBy(organization => organization.Id).Select(organization => new OwnedOrganization(organization.Id, organization.Name)).ToListAsync(ct));

    /// <summary>Removes the account: its data and tokens are gone, its consents ended; the trail keeps the bare id.</summary>
    public async Task<Answer<NoContent>> RemoveAsync(HttpContext http, Person person, string id, AccountRemoval removal, CancellationToken ct)
    {
        if (Identifiers.Read("usr_", id) != person.UserId
            || await context.Users.AsNoTracking().FirstOrDefaultAsync(row => row.Id == person.UserId, ct) is not { Email: { } email } user)
        {
            return Problem.NotFound;
        }

        if (await strength.MissingAsync(person, ct) is { } problem)
        {
            return problem;
        }

        // Who has no password has shown by that sign-in all that they can.
        switch (user.PasswordHash is null ? null : await passwords.TryAsync(http, email, removal.Password ?? "", ct))
        {
            case PasswordOutcome.Wait wait:
                return ApiSignIn.TooMany(http, wait.For);
            case PasswordOutcome.Wrong:
                return Problem.Forbidden("password", "This is not the password of the account.");
        }

        var removed = http.Event(AuditEventTypes.UserRemoved, AuditOutcomes.Success, clock.GetUtcNow()) with { Subject = person.UserId, Target = person.UserId };
        switch (await closings.TryRemovePersonAsync(person.UserId, email, await grants.OfPersonAsync(person.UserId, ct), removed, ct))
        {
            case PersonRemoval.Owner:
                return Problem.Conflict("owner", "You own an organization: transfer it, or close it, first.");
            case PersonRemoval.LastAdministrator:
                return Problem.Conflict("last_administrator", "You are the only administrator. Make somebody else one first.");
            case PersonRemoval.Gone:
                return Problem.NotFound;
        }

        // The trail keeps what happened; whose address it was is nobody's business any more. Even if whoever asked has left, since nobody could
        // ask again; should this be cut short, the retention does the rest.
        await erasure.EraseAsync(person.UserId, CancellationToken.None);
        return Answer.Done;
    }
}

/// <summary>Why an account cannot be removed as things are.</summary>
/// <param name="IsLastAdministrator">Nobody else administers the installation.</param>
/// <param name="Organizations">Those that the person owns.</param>
public sealed record RemovalObstacles(bool IsLastAdministrator, IReadOnlyList<OwnedOrganization> Organizations)
{
    public bool Any => IsLastAdministrator || Organizations.Count > 0;
}

public sealed record OwnedOrganization(string Id, string Name);
