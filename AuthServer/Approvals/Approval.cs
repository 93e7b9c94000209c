namespace AuthServer.Approvals;

/// <summary>A question to a person: whether an agent may do one thing, once or for a while, that a policy does not let it do by itself.</summary>
public sealed class Approval
{
    public const string IdPrefix = "apr_";

    /// <summary><c>apr_…</c></summary>
    public string Id { get; set; } = "";

    /// <summary>Whose policy asks.</summary>
    public string OrganizationId { get; set; } = "";

    public string AgentId { get; set; } = "";

    /// <summary>The person in whose name the agent acts; null: its own, or another agent's.</summary>
    public string? UserId { get; set; }

    /// <summary>The person who answers; null: the organization's developers do.</summary>
    public string? DeciderId { get; set; }

    /// <summary>Of all that was asked: what differs in anything is another question.</summary>
    public string Digest { get; set; } = "";

    /// <summary>The same while the question or its answer stands, so that nobody is asked twice; null: it is over.</summary>
    public string? Standing { get; set; }

    public ApprovalStatus Status { get; set; }

    /// <summary>A JSON object: <see cref="ApprovalShown"/>.</summary>
    public string Shown { get; set; } = "{}";

    /// <summary>The policy that decided, and its version then.</summary>
    public string PolicyId { get; set; } = "";

    /// <inheritdoc cref="PolicyId"/>
    public string PolicyVersion { get; set; } = "";

    /// <summary>The consent by which the agent acts: without it the answer is worth nothing. Null: there is none.</summary>
    public string? AuthorizationId { get; set; }

    /// <summary>Whether a wrong answer can do great harm, so that it takes a fresh sign-in.</summary>
    public bool IsCritical { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Until when an answer is waited for; of an answer: until when it holds.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Whether it was approved for one time only.</summary>
    public bool Once { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary><c>usr_…</c></summary>
    public string? DecidedBy { get; set; }

    /// <summary>What they said to it.</summary>
    public string? Note { get; set; }

    /// <summary>How often the agent has acted by it.</summary>
    public int Uses { get; set; }

    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>The action that it was used for, as its enforcer names it: repeated, it is no second use.</summary>
    public string? UsedAction { get; set; }

    /// <summary>When it was taken back, ended or ran out.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>One of <see cref="ApprovalEnds"/>; null: time ended it, or nothing has yet.</summary>
    public string? EndReason { get; set; }

    /// <summary>What has run out says so, whether or not somebody has noted it already.</summary>
    public ApprovalStatus StatusAt(DateTimeOffset now) => Status is ApprovalStatus.Pending or ApprovalStatus.Approved && ExpiresAt <= now ? ApprovalStatus.Expired : Status;

    /// <summary>The page on which it is answered.</summary>
    public string Page => PageOf(Id, DeciderId, OrganizationId);

    internal static string PageOf(string id, string? deciderId, string organizationId) =>
        deciderId is null ? $"/developer/approvals/{id}?organization={organizationId}" : $"/approvals/{id}";
}

/// <summary>What became of a question. The numbers are stored.</summary>
public enum ApprovalStatus
{
    Pending = 1,
    Approved = 2,
    Denied = 3,

    /// <summary>It was approved for one time, and that was.</summary>
    Used = 4,

    /// <summary>It was taken back, or what it hung upon is gone.</summary>
    Revoked = 5,

    /// <summary>Nobody answered in time, or its time is over.</summary>
    Expired = 6,
}

/// <summary>Why an approval ended before its time.</summary>
public static class ApprovalEnds
{
    public const string TakenBack = "taken_back";

    /// <summary>The agent was suspended or revoked, the person is not active any more, or whoever approved it may not do so any more.</summary>
    public const string PartyStopped = "party_stopped";

    /// <summary>The policy was changed or deleted, the agent stopped, or the consent taken back: found when it was to be used or answered.</summary>
    public const string Void = "void";
}
