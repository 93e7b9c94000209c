using System.Globalization;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>A rule that holds while its counter has room, which only whoever keeps the counters can tell.</summary>
public abstract record LimitRule(int WindowSeconds, LimitScope Scope) : PolicyRule
{
    protected const int LongestWindow = 366 * 24 * 60 * 60;

    protected TimeSpan Window => TimeSpan.FromSeconds(WindowSeconds);

    /// <summary>What it counts, and in which window: of a policy's rules that agree in it, only their order tells which counter is whose.</summary>
    internal virtual string Kind => string.Create(CultureInfo.InvariantCulture, $"{Type.Name}/{WindowSeconds}/{LimitScopes.Word(Scope)}");

    /// <param name="place">How many rules of this kind stand before it.</param>
    internal abstract LimitTake Take(Policy policy, int place, PolicyInput input);

    /// <summary>Another window is another counter; a higher or lower maximum is not, nor is what other rules there are.</summary>
    protected string Key(Policy policy, int place, PolicyInput input) => string.Create(
        CultureInfo.InvariantCulture, $"{policy.Id}/{Kind}/{place}/{Counted(input)}");

    // Who acts for nobody is counted as itself.
    private string Counted(PolicyInput input) => Scope switch
    {
        LimitScope.PerUser when input.UserId is { } user => "user/" + user,
        LimitScope.PerUser or LimitScope.PerAgent when input.AgentId is { } agent => "agent/" + agent,
        LimitScope.PerUser or LimitScope.PerAgent when input.ClientId is { } client => "client/" + client,
        _ => "organization/" + input.OrganizationId,
    };
}
