using AuthServer.Accounts;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents.Claims;

/// <summary>Agents that register themselves: each has an organization of its own without members, a key with a bounded set of rights, and a claim, by which
/// a person can answer for it until it expires.</summary>
public sealed class UnclaimedAgents(
    IDbContextFactory<AuthDbContext> contexts, SignUp signUp, QuickstartPace pace, AuthServerOptions options, TimeProvider clock)
{
    private const string OrganizationName = "Unclaimed";

    public async Task<Answer<UnclaimedAgent>> RegisterAsync(HttpContext http, NewUnclaimedAgent said, CancellationToken ct)
    {
        if (pace.Count(http) is { } tooMany)
        {
            return tooMany;
        }

        if (await signUp.AskAgentAsync(said.Invitation, ct) is not { Allowed: true } leave)
        {
            return pace.Refuse(http, "quickstart_closed", Problem.Forbidden("quickstart_closed", "Agents cannot register themselves here without an invitation that is good."));
        }

        // It is leave for one person to make an account. An agent that got hold of it would use it up.
        if (leave.Email is not null)
        {
            return pace.Refuse(http, "quickstart_invitation_bound", Problem.Forbidden("quickstart_closed", "Agents cannot register themselves here without an invitation that is good."));
        }

        if (Check(said, out var keys) is { } invalid)
        {
            return invalid;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await AgentNames.RefuseAsync(context, new Agent { NameScope = Agent.Unclaimed, Name = said.Name! }, ct) is { } taken)
        {
            return pace.Refuse(http, "quickstart_name", taken);
        }

        // Last of what is asked: an invitation is not used up by a request that something else is wrong with.
        if (!await signUp.TryUseAsync(leave.Invitation, ct))
        {
            return pace.Refuse(http, "quickstart_invitation_used", Problem.Forbidden("quickstart_closed", "This invitation was used already."));
        }

        var made = Add(context, http, said, keys, clock.GetStoredNow());
        var saved = await context.TrySaveUnclaimedAsync(made.Claim, options.Quickstart, ct);
        return saved switch
        {
            UnclaimedSave.Saved => Answer.Created(made, $"/api/v1/agents/{made.Agent.Id}"),
            UnclaimedSave.NameTaken => pace.Refuse(http, "quickstart_name", AgentNames.Conflict(said.Name!)),
            _ => pace.Refuse(
                http,
                saved switch { UnclaimedSave.NetworkFull => "quickstart_network_full", UnclaimedSave.NeighbourhoodFull => "quickstart_neighbourhood_full", _ => "quickstart_full" },
                Problem.TooMany("There are too many agents already that nobody has claimed. Claim some, or wait until they expire.")),
        };
    }

    private static Problem? Check(NewUnclaimedAgent said, out string? keys)
    {
        var faults = new Faults();
        faults.Add("name", said.Name is null ? "Give it a name." : null);
        faults.Add("agent_type", said.AgentType is null ? "Give orchestrator, autonomous, assistant or tool." : null);
        keys = AgentKeys.ReadBinding(said.Jwks, said.PublicKey, "jwks", faults);
        AgentRules.Check(new AgentChange { Name = said.Name, Description = said.Description }, faults);
        return faults.Problem;
    }

    private UnclaimedAgent Add(AuthDbContext context, HttpContext http, NewUnclaimedAgent said, string? keys, DateTimeOffset now)
    {
        var until = now + options.Quickstart.Unclaimed;
        var organization = new Organization { Id = Identifiers.New("acct_", now), Name = OrganizationName, CreatedAt = now, Version = NewOrganizations.NewVersion() };
        var application = AgentApplication.Create(keys: null, now);
        application.DisplayName = said.Name;
        AgentApplication.SetScopes(application, QuickstartScopes.All);
        if (keys is not null)
        {
            // They prove nothing: it is known by its API key alone, which ends with the claim.
            AgentApplication.Bind(application, keys, setBy: null);
        }

        var agent = new Agent
        {
            Id = Identifiers.New("agt_", now),
            ApplicationId = application.Id,
            OrganizationId = organization.Id,
            NameScope = Agent.Unclaimed,
            Name = said.Name!,
            Type = said.AgentType!.Value,
            TrustLevel = TrustLevel.Root,
            Status = AgentStatus.Active,
            Description = AgentRules.Kept(said.Description),
            CreatedAt = now,
            UpdatedAt = now,
            Version = AgentApplication.NewVersion(),
        };
        var (key, secret) = ApiKey.Create(agent.Id, now);

        // It dies at the moment itself, not when somebody comes to clear up; whoever claims the agent lifts that.
        (key.Scopes, key.ExpiresAt) = (ApplicationMapping.Json(QuickstartScopes.All), until);
        var (claim, token) = AgentClaim.Create(agent, http, now, until);
        context.AddRange(organization, application, agent, key, claim, AuthorizationOf(key, application.Id, now));
        context.AuditEvents.Add(AuditEventRow.From(http.Event(AgentEvents.QuickStarted, AuditOutcomes.Success, now) with
        {
            ClientId = application.ClientId,
            AgentId = agent.Id,
            OrganizationId = organization.Id,
            Target = agent.Id,
        }));
        return new UnclaimedAgent(AgentAnswer.Of(agent, application), key, secret, claim, token);
    }

    /// <summary>What the key's tokens hang on.</summary>
    private static OpenIddictAuthorization AuthorizationOf(ApiKey key, string applicationId, DateTimeOffset now) => new()
    {
        Id = key.Id,
        ApplicationId = applicationId,
        ConcurrencyToken = TokenRow.NewConcurrencyToken(),
        CreationDate = now.UtcDateTime,
        Scopes = key.Scopes,
        Status = OpenIddictStatuses.Valid,
        Subject = key.AgentId,
        Type = "permanent",
    };
}
