using AuthServer.Approvals;
using AuthServer.Pages.Forms;

namespace AuthServer.Pages.Approvals;

/// <summary>One approval on its page.</summary>
/// <param name="Row">As it is stored.</param>
/// <param name="Decider">The name of who answered; null: nobody did, or they are gone.</param>
/// <param name="Address">Of the page.</param>
/// <param name="Back">Where the others are.</param>
public sealed record ApprovalView(Approval Row, ApprovalItem Item, string? Decider, string Address, string Back)
{
    public ApprovalShown Shown { get; } = ApprovalShown.Read(Row.Shown);

    /// <summary>Whether the reader has answered it.</summary>
    public bool WasOwn { get; init; }

    /// <summary>Whether the reader may answer.</summary>
    public bool MayAnswer { get; init; } = true;

    /// <summary>Whether they may not because their organization is suspended.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Whether they must sign in once more before they may approve it.</summary>
    public bool MustSignIn { get; init; }

    /// <summary>How soon an approval for one time must be used.</summary>
    public TimeSpan UseWithin { get; init; }

    public string SignInAt => Carried.SignInAgainAt(Address);

    public FormFaults Faults { get; } = new();

    /// <summary>What was typed.</summary>
    public string? Note { get; init; }

    public string? Duration { get; init; }

    /// <summary>What was done just now: approved, denied, revoked, or late.</summary>
    public string? Done { get; init; }
}

/// <summary>An approval that is not kept any more.</summary>
/// <param name="AgentName">Null: it has none any more.</param>
/// <param name="List">Where those are that are.</param>
public sealed record FormerApprovalView(FormerApproval Approval, string? AgentName, string List);
