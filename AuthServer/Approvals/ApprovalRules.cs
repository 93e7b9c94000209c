using AuthServer.Http;

namespace AuthServer.Approvals;

/// <summary>What approvals may be, and for how long.</summary>
public static class ApprovalRules
{
    public const int LongestNote = 500;

    /// <summary>Whether a note can be read.</summary>
    public static bool IsNote(string? note) => string.IsNullOrWhiteSpace(note) || VisibleText.IsParagraphs(note, LongestNote);

    /// <summary>How long an approval holds; null: for the next time only.</summary>
    public static TimeSpan? LengthOf(ApprovalDuration duration) => duration switch
    {
        ApprovalDuration.OneHour => TimeSpan.FromHours(1),
        ApprovalDuration.EightHours => TimeSpan.FromHours(8),
        ApprovalDuration.OneDay => TimeSpan.FromDays(1),
        _ => null,
    };
}

/// <summary>For how long somebody approves.</summary>
public enum ApprovalDuration
{
    /// <summary>The next time, if that is soon.</summary>
    Once,
    OneHour,
    EightHours,
    OneDay,
}
