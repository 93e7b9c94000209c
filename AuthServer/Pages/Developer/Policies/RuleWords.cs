using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>What the kinds of rules are called, and what they ask, in a person's words.</summary>
internal static class RuleWords
{
    public static string Title(string type) => type switch
    {
        "rate_limit" => T("Limit how often"),
        "budget" => T("Limit how much"),
        "time_window" => T("Keep working hours"),
        "period" => T("Begin and end on a day"),
        "action_allowlist" => T("Only some actions"),
        "action_blocklist" => T("All but some actions"),
        "ip_allowlist" => T("Only known networks"),
        "require_approval" => T("Ask a person first"),
        "max_risk" => T("Cap the risk"),
        "expires_after" => T("End by itself"),
        _ => PolicyWords.Label(type),
    };

    /// <summary>What it does, in one line.</summary>
    public static string Words(string type) => type switch
    {
        "rate_limit" => T("So many requests in a span of time, for each person, each agent or all together."),
        "budget" => T("Amounts that sum up to so much in a span of time. A request without an amount is denied."),
        "time_window" => T("Between two times of the chosen days, by the clocks of one place."),
        "period" => T("From one moment on, up to another, or both."),
        "action_allowlist" => T("What is not on the list is denied."),
        "action_blocklist" => T("What is on the list is denied."),
        "ip_allowlist" => T("Callers from elsewhere, or from nowhere known, are denied."),
        "require_approval" => T("Somebody approves the action before it is done."),
        "max_risk" => T("What is riskier, or of unknown risk, is denied."),
        "expires_after" => T("Some time after the person agreed, or at a moment."),
        _ => "",
    };

    /// <summary>What a member asks.</summary>
    public static string Member(string name) => name switch
    {
        "maxRequests" => T("At most so many requests"),
        "maxAmount" => T("At most this amount"),
        "windowSeconds" => T("In any span of"),
        "scope" => T("Counted for"),
        "currency" => T("Currency"),
        "allowedDays" => T("On these days"),
        "startTimeUtc" => T("From"),
        "endTimeUtc" => T("Until"),
        "timezone" => T("By the clocks of"),
        "notBefore" => T("Not before"),
        "notAfter" => T("Not after"),
        "actions" => T("Actions"),
        "cidrs" => T("Networks"),
        "level" => T("Highest risk"),
        "seconds" => T("After the consent"),
        "at" => T("At this moment"),
        _ => PolicyWords.Label(name),
    };

    /// <summary>How it is written, where that is not plain. Null: it is.</summary>
    public static string? Hint(string name) => name switch
    {
        "currency" => T("Three letters, such as EUR."),
        "startTimeUtc" => T("Such as 09:00."),
        "endTimeUtc" => T("Such as 17:00."),
        "timezone" => T("Such as Europe/Berlin or UTC."),
        "notBefore" or "notAfter" or "at" => T("Such as {0}.", "2027-01-01T00:00:00Z"),
        "actions" => T("One on each line: {0}.", "email:read, email:*, crm.*"),
        "cidrs" => T("One on each line: {0}.", "10.0.0.0/8, 2001:db8::1"),
        _ => null,
    };

    /// <summary>One of the words that a member may be.</summary>
    public static string Word(string word) => word switch
    {
        "per_user" => T("Each person"),
        "per_agent" => T("Each agent"),
        "per_organization" => T("The whole organization"),
        _ => Enum.TryParse<RiskLevel>(word, ignoreCase: true, out var risk) ? Portal.Badge.Of(risk).Words : PolicyWords.Label(word),
    };

    /// <summary>Whether a policy can have it.</summary>
    public static bool Suits(RuleType type, bool denies) => !denies || type.InDenyPolicies;

    /// <summary>A day of the week; 1 is Monday.</summary>
    public static string Day(int day) => Language.Culture.DateTimeFormat.GetDayName((DayOfWeek)(day % 7));
}
