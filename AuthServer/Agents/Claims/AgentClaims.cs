using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents.Claims;

/// <summary>A signed-in person looks at an agent that registered itself, and answers for it or not.</summary>
public sealed class AgentClaims(
    IDbContextFactory<AuthDbContext> contexts,
    ClaimChanges changes,
    Memberships memberships,
    SignUp signUp,
    ScopeCatalog scopes,
    ApplicationDirectory applications,
    IAuditTrail trail,
    TimeProvider clock)
{
    private const int LongestToken = 100;

    /// <summary>One sentence for all: who has no use for a link does not learn what it was.</summary>
    public static Problem NotGood { get; } = new(
        StatusCodes.Status404NotFound, "claim_not_good", "This link was used already, or the agent that it was for has ended.");

    /// <summary>The agent of this link while it can be claimed; else null.</summary>
    public async Task<OpenClaim?> FindAsync(string? token, CancellationToken ct)
    {
        if (token is null or { Length: 0 or > LongestToken })
        {
            return null;
        }

        var (hash, now) = (Handle.ReferenceId(token), clock.GetUtcNow());
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.AgentClaims.AsNoTracking().FirstOrDefaultAsync(row => row.TokenHash == hash && row.EndedAt == null && row.ExpiresAt > now, ct) is not { } claim
            || await AgentRow.Of(context, context.Agents.AsNoTracking().Where(agent => agent.Id == claim.AgentId && agent.Status != AgentStatus.Revoked))
                .FirstOrDefaultAsync(ct) is not { } row)
        {
            return null;
        }

        return new OpenClaim
        {
            Claim = claim,
            Agent = row.Agent,
            ClientId = row.ClientId,
            Code = AgentClaim.CodeOf(token),
            Scopes = await scopes.DescribeAsync(ApplicationMapping.Scopes(row.Application), null, ct),
            Children = await context.Agents.CountAsync(agent => agent.OrganizationId == claim.OrganizationId && agent.Id != claim.AgentId && agent.Status != AgentStatus.Revoked, ct),
        };
    }

    /// <summary>Where this person can take it.</summary>
    public async Task<ClaimTargets> TargetsAsync(string userId, CancellationToken ct)
    {
        var ids = (await memberships.OfAsync(userId, ct)).Where(member => member.Role >= Role.Developer).Select(member => member.OrganizationId).ToList();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var organizations = await context.Organizations.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, ct);
        return new ClaimTargets([.. ids.Where(organizations.ContainsKey).Select(id => organizations[id])], (await signUp.AskDeveloperAsync(null, ct)).Allowed);
    }

    /// <summary>Of several at once, one succeeds; for all others the link is not good any more.</summary>
    public async Task<Answer<ClaimedAgent>> ClaimAsync(HttpContext http, string userId, string? token, ClaimAnswer answer, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not { } open)
        {
            return await RefuseAsync(http, userId, null, NotGood, ct);
        }

        var name = answer.Name ?? open.Agent.Name;
        var faults = new Faults();
        AgentRules.Check(new AgentChange { Name = name }, faults);
        var organizationName = OrganizationName.Read(answer.OrganizationName);
        faults.Add("organizationName", answer.OrganizationId is null && organizationName is null ? OrganizationName.Rule : null);
        if (faults.Problem is { } invalid)
        {
            return invalid;
        }

        var targets = await TargetsAsync(userId, ct);
        var target = targets.Organizations.FirstOrDefault(organization => organization.Id == answer.OrganizationId);
        if (answer.OrganizationId is null ? !targets.MayMakeOne : target is null)
        {
            return await RefuseAsync(http, userId, open, NoRole, ct);
        }

        var change = new ClaimChange(open.Agent.Id, open.Claim.OrganizationId, open.Claim.ExpiresAt, userId, name);
        var outcome = target is null
            ? await changes.TryAdoptAsync(change, organizationName!, Events(http, open, change, null), ct)
            : await changes.TryMoveAsync(change, target.Id, Events(http, open, change, target.Id), ct);
        applications.Forget(open.ClientId);
        return outcome.Result == ClaimResult.Claimed
            ? new ClaimedAgent(open.Agent.Id, name, target?.Name ?? organizationName!)
            : await RefuseAsync(http, userId, open, ProblemOf(outcome, name), ct);
    }

    /// <summary>Somebody says that it is not theirs. That ends nothing: the link may have gone astray.</summary>
    public async Task DenyAsync(HttpContext http, string userId, string? token, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is { } open)
        {
            await trail.AppendAsync(Event(http, AgentEvents.ClaimDenied, AuditOutcomes.Denied, userId, open), ct);
        }
    }

    private static Problem NoRole { get; } = Problem.Forbidden("claim_role", "You cannot bring agents into this organization.");

    private static Problem ProblemOf(ClaimOutcome outcome, string name) => outcome.Result switch
    {
        ClaimResult.NoRole => NoRole,
        ClaimResult.NameTaken => AgentNames.Conflict(name),
        ClaimResult.ChildNameTaken => AgentNames.Conflict(outcome.ChildName!) with { Reason = "child_name_conflict" },
        _ => NotGood,
    };

    private async Task<Problem> RefuseAsync(HttpContext http, string userId, OpenClaim? open, Problem problem, CancellationToken ct)
    {
        await trail.AppendAsync(
            Event(http, AuditEventTypes.AccessRefused, AuditOutcomes.Denied, userId, open) with { Reason = problem.Reason ?? problem.Code }, ct);
        return problem;
    }

    private List<AuditEvent> Events(HttpContext http, OpenClaim open, ClaimChange change, string? organizationId)
    {
        var claimed = Event(http, AgentEvents.Claimed, AuditOutcomes.Success, change.UserId, open) with
        {
            OrganizationId = organizationId ?? change.From,
            Detail = JsonSerializer.Serialize(new Details(change.From, open.Claim.Network, change.Name == open.Agent.Name ? null : change.Name), ApiJson.Options),
        };
        return organizationId is not null ? [claimed] :
        [
            claimed,
            http.Event(OrganizationEvents.Created, AuditOutcomes.Success, claimed.At) with { Subject = change.UserId, OrganizationId = change.From, Target = change.From },
        ];
    }

    private AuditEvent Event(HttpContext http, string type, string outcome, string userId, OpenClaim? open) => http.Event(type, outcome, clock.GetStoredNow()) with
    {
        Subject = userId,
        ClientId = open?.ClientId,
        AgentId = open?.Agent.Id,
        OrganizationId = open?.Claim.OrganizationId,
        Target = open?.Agent.Id,
    };

    /// <param name="Before">The organization that it had for itself, under which the trail has what it did until now.</param>
    /// <param name="Network">Whence it was registered.</param>
    /// <param name="Renamed">Its new name.</param>
    private sealed record Details(string Before, string Network, string? Renamed);
}
