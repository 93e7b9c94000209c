using AuthServer.Agents;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>What agents are, in words.</summary>
internal static class AgentWords
{
    public static string Of(AgentType type) => type switch
    {
        AgentType.Orchestrator => Texts.T("Orchestrator"),
        AgentType.Autonomous => Texts.T("Autonomous"),
        AgentType.Assistant => Texts.T("Assistant"),
        _ => Texts.T("Tool"),
    };

    public static string About(AgentType type) => type switch
    {
        AgentType.Orchestrator => Texts.T("Directs other agents."),
        AgentType.Autonomous => Texts.T("Works by itself, without a person beside it."),
        AgentType.Assistant => Texts.T("Works beside a person."),
        _ => Texts.T("Does one thing when it is called."),
    };

    public static string Of(TrustLevel level) => level switch
    {
        TrustLevel.Root => Texts.T("Root: people answer for it"),
        TrustLevel.Delegated => Texts.T("Delegated: another agent made it"),
        _ => Texts.T("Ephemeral: made for one task"),
    };

    public static string Of(AgentStatus status) => status switch
    {
        AgentStatus.Active => Texts.T("Active"),
        AgentStatus.Suspended => Texts.T("Suspended"),
        _ => Texts.T("Revoked"),
    };

    /// <summary>The colour and the shape of a state.</summary>
    public static (string Level, string Icon) Look(AgentStatus status) => status switch
    {
        AgentStatus.Active => ("low", "check"),
        AgentStatus.Suspended => ("high", "clock"),
        _ => ("critical", "warning"),
    };
}
