using AuthServer.Data;
using AuthServer.Policies.Engine;

namespace AuthServer.Approvals;

/// <summary>What became of an ask.</summary>
/// <param name="Id">The approval; null: there is none.</param>
/// <param name="ExpiresAt">Until when it waits, or stands.</param>
public sealed record ApprovalOutcome(ApprovalAnswer Answer, string? Id, DateTimeOffset? ExpiresAt)
{
    /// <summary>Of what was claimed: what it took.</summary>
    public LimitOutcome? Taken { get; init; }

    /// <summary>The limit that has no room.</summary>
    public LimitTake? Exceeded { get; init; }
}

public enum ApprovalAnswer
{
    /// <summary>It was approved, and this ask has used that.</summary>
    Approved,

    /// <summary>Somebody has yet to answer.</summary>
    Waiting,

    /// <summary>Somebody said no.</summary>
    Denied,

    /// <summary>So much of the agent waits that this was not filed.</summary>
    TooMany,

    /// <summary>A limit is in the way, whatever anybody says. Nothing was changed.</summary>
    NoRoom,
}
