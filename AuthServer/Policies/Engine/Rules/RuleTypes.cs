namespace AuthServer.Policies.Engine.Rules;

/// <summary>Every kind of rule there is.</summary>
internal static class RuleTypes
{
    public static IReadOnlyList<RuleType> All { get; } =
    [
        RateLimit.Syntax,
        TimeWindow.Syntax,
        Period.Syntax,
        ActionAllowlist.Syntax,
        ActionBlocklist.Syntax,
        IpAllowlist.Syntax,
        RequireApproval.Syntax,
        MaxRisk.Syntax,
        ExpiresAfter.Syntax,
        Budget.Syntax,
    ];
}
