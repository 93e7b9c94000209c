namespace AuthServer.Accounts;

/// <param name="Allowed">Whether an account may be made.</param>
/// <param name="Invitation">By which invitation; null: by nobody's.</param>
/// <param name="InvitationFailed">An invitation was shown that is not good any more.</param>
public sealed record SignUpAnswer(bool Allowed, Invitation? Invitation, bool InvitationFailed = false)
{
    /// <summary>The only address that the account may have; null: any.</summary>
    public string? Email { get; init; } = Invitation?.Email;

    public static SignUpAnswer BadInvitation { get; } = new(false, null, true);
}
