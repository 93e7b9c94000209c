using AuthServer.Policies.Engine;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Portal;

/// <summary>How something stands or how dangerous it is: in words, by a shape and by a colour.</summary>
/// <param name="Words">As they are shown.</param>
/// <param name="Look">The colour's name in the stylesheet: <c>low</c>, <c>standard</c>, <c>high</c> or <c>critical</c>.</param>
/// <param name="Icon">The shape's name there.</param>
public sealed record Badge(string Words, string Look, string Icon)
{
    public static Badge Good(string words) => new(words, "low", "check");

    public static Badge Waits(string words) => new(words, "standard", "clock");

    public static Badge Careful(string words) => new(words, "high", "warning");

    public static Badge Bad(string words) => new(words, "critical", "warning");

    public static Badge Of(RiskLevel risk) => risk switch
    {
        RiskLevel.Low => new(T("Low risk"), "low", "risk-low"),
        RiskLevel.Standard => new(T("Some risk"), "standard", "risk-standard"),
        RiskLevel.High => new(T("High risk"), "high", "risk-high"),
        _ => new(T("Critical"), "critical", "risk-critical"),
    };
}
