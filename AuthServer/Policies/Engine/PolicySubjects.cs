namespace AuthServer.Policies.Engine;

/// <summary>Whom a policy is about. An empty list names everybody; of several lists each must name the caller.</summary>
public sealed record PolicySubjects
{
    public static readonly PolicySubjects Everybody = new();

    public IReadOnlyList<string> AgentIds { get; init; } = [];

    public IReadOnlyList<string> UserIds { get; init; } = [];

    public IReadOnlyList<string> AgentTypes { get; init; } = [];

    public IReadOnlyList<string> TrustLevels { get; init; } = [];

    internal bool Include(PolicyInput input) =>
        Name(AgentIds, input.AgentId) && Name(UserIds, input.UserId)
        && Name(AgentTypes, input.AgentType, input.AgentId) && Name(TrustLevels, input.TrustLevel, input.AgentId);

    /// <summary>Whether it is about this agent when it acts for somebody: who that is, is not asked.</summary>
    internal bool MayInclude(string agentId, string agentType, string trustLevel) =>
        Name(AgentIds, agentId) && Name(AgentTypes, agentType) && Name(TrustLevels, trustLevel);

    // Without a person or an agent there is nobody whom the list could name.
    private static bool Name(IReadOnlyList<string> list, string? id) => list.Count == 0 || (id is not null && list.Contains(id, StringComparer.Ordinal));

    // An agent of which nobody knows the kind may be of any kind.
    private static bool Name(IReadOnlyList<string> list, string? kind, string? agentId) => Name(list, kind) || (kind is null && agentId is not null);
}
