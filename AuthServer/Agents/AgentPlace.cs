using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Agents;

/// <summary>Where a new agent stands: in whose organization, below which agent, and how many generations may follow.</summary>
/// <param name="OwnerId">Null while nobody answers for it.</param>
internal sealed record AgentPlace(string OrganizationId, string? OwnerId, string? ParentId, TrustLevel TrustLevel, int MaxChildDepth)
{
    private const int MostDepth = 10;

    /// <summary>Of a developer's: below any agent of the organization. Of an agent's: below itself, or below one that it made.</summary>
    public static async Task<AgentPlace> ReadAsync(AuthDbContext context, ActingParty caller, NewAgent said, DateTimeOffset now, Faults faults, CancellationToken ct)
    {
        var parent = await ParentAsync(context, caller, said, now, faults, ct);
        CheckTrust(said, parent is not null || said.ParentAgentId is not null || caller.Agent is not null, faults);
        var most = parent is null ? MostDepth : parent.MaxChildDepth - 1;
        faults.Add("parentAgentId", most < 0 ? "Its tree may not grow deeper: no generation may follow this agent." : null);
        faults.Add("maxChildDepth", most >= 0 && (said.MaxChildDepth < 0 || said.MaxChildDepth > most) ? Sentence.Of("Give 0 to {0}: how many generations may follow below it.", most) : null);
        var owner = caller.Developer is { } developer ? await AgentOwner.ReadAsync(context, developer, said.OwnerId, faults, ct) : parent?.OwnerId;
        CheckBounds(caller, said, faults);
        return new AgentPlace(
            caller.OrganizationId, owner, parent?.Id, said.TrustLevel ?? (parent is null ? TrustLevel.Root : TrustLevel.Delegated),
            said.MaxChildDepth ?? Math.Min(Agent.DefaultChildDepth, Math.Max(most, 0)));
    }

    /// <summary>What a caller may say of an agent whose credential is bound to scopes, as every agent's is: nothing that leads people to it, and no more
    /// rights than the credential has.</summary>
    public static void CheckBounds(ActingParty caller, AgentChange said, Faults faults)
    {
        if (caller.Scopes is not { } bound)
        {
            return;
        }

        faults.Add("ownerId", said.OwnerId is null ? null : "People decide who of them answers for an agent.");
        faults.Add("redirectUris", said.RedirectUris is null ? null : "People decide where people are sent back to.");
        for (var i = 0; i < said.AllowedScopes?.Count; i++)
        {
            faults.Add($"allowedScopes[{i}]", said.AllowedScopes[i] is { } scope && ScopeWildcards.CoversAll(bound, [scope]) ? null
                : "This is beyond what the credential that you use may do.", "beyond_own_rights");
        }
    }

    private static void CheckTrust(NewAgent said, bool hasParent, Faults faults)
    {
        faults.Add("parentAgentId", !hasParent && said.TrustLevel == TrustLevel.Delegated ? "A delegated agent has a parent: name it." : null);
        faults.Add("trustLevel", hasParent && said.TrustLevel == TrustLevel.Root ? "An agent that another one made is delegated or ephemeral." : null);
    }

    /// <summary>Null where there is none. One that the caller does not run is answered as one that does not exist.</summary>
    private static async Task<Agent?> ParentAsync(AuthDbContext context, ActingParty caller, NewAgent said, DateTimeOffset now, Faults faults, CancellationToken ct)
    {
        if ((said.ParentAgentId ?? caller.Agent?.Id) is not { } named)
        {
            return null;
        }

        var parent = await AgentReach.FindAsync(context, caller, named, now, ct) is { Runs: true } reach ? reach.Row.Agent : null;
        faults.Add("parentAgentId", parent is null ? "There is no such agent, or it is not yours."
            : parent.Status != AgentStatus.Active ? "This agent is not active, so it can have no new children." : null);
        return parent;
    }
}
