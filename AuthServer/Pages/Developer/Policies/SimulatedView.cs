using AuthServer.Policies;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>What would have been decided otherwise.</summary>
/// <param name="Names">Of agents, by id.</param>
public sealed record SimulatedView(SimulationResult Result, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>Who acted, as far as it has a name here.</summary>
    public string Who(SimulatedChange change) => change.AgentId is null ? T("Nobody known") : Pages.Names.Shown(Names.GetValueOrDefault(change.AgentId) ?? change.AgentId);
}
