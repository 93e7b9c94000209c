using AuthServer.Approvals;
using AuthServer.Pages.Portal;
using AuthServer.Policies.Engine;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Approvals;

/// <summary>Approvals in words.</summary>
internal static class ApprovalWords
{
    /// <summary>What would be done. Those actions that come with this server are said in the reader's language.</summary>
    public static string What(ApprovalAction action) => Names.Shown(T(action.Title));

    public static string What(ApprovalItem item) => string.Join("; ", item.Actions.Select(What));

    public static RiskLevel Risk(ApprovalItem item) => item.Actions.Select(action => action.Risk).DefaultIfEmpty(RiskLevel.High).Max();

    /// <summary>On what, in one line; null: nobody said.</summary>
    public static string? Target(ApprovalItem item) => item.Target is null ? null : item.Method is null ? item.Target : $"{item.Method} {item.Target}";

    public static Badge Status(ApprovalItem item) => item.Status switch
    {
        ApprovalStatus.Pending => Badge.Waits(T("Waits for an answer")),
        ApprovalStatus.Approved => Badge.Good(item.Once == true ? T("Approved for the next time") : T("Approved for a while")),
        ApprovalStatus.Denied => Badge.Bad(T("Denied")),
        ApprovalStatus.Used => Badge.Good(T("Approved and done")),
        ApprovalStatus.Revoked => Badge.Careful(item.EndReason == ApprovalEnds.TakenBack ? T("Taken back") : T("Ended")),
        _ => item.DecidedAt is null ? Badge.Careful(T("Not answered in time")) : Badge.Careful(T("Ran out")),
    };

    /// <summary>Why it ended before its time; null: it did not.</summary>
    public static string? End(ApprovalItem item) => item.EndReason switch
    {
        ApprovalEnds.PartyStopped => T("The agent or the person was stopped."),
        ApprovalEnds.Void => T("The policy, the agent or the consent was not the same any more."),
        _ => null,
    };

    /// <param name="useWithin">How soon an approval for one time must be used.</param>
    public static IEnumerable<(string Value, string Words)> Durations(TimeSpan useWithin) =>
    [
        ("once", T("Once, if it comes within {0}", Pages.Durations.InWords(useWithin))),
        ("one_hour", T("As often as it likes, for one hour")),
        ("eight_hours", T("As often as it likes, for eight hours")),
        ("one_day", T("As often as it likes, for 24 hours")),
    ];

    public static ApprovalDuration? Duration(string? value) => value switch
    {
        "once" or null => ApprovalDuration.Once,
        "one_hour" => ApprovalDuration.OneHour,
        "eight_hours" => ApprovalDuration.EightHours,
        "one_day" => ApprovalDuration.OneDay,
        _ => null,
    };
}

/// <summary>What waits, on a page about more than that.</summary>
/// <param name="Some">The newest.</param>
/// <param name="Page">Under which the single ones are.</param>
/// <param name="Query">What the addresses of single ones end with.</param>
/// <param name="AllAt">Where all that waits is; null: here.</param>
public sealed record WaitingApprovals(IReadOnlyList<ApprovalItem> Some, long Total, string Page, string Query, string? AllAt);
