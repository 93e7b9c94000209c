namespace AuthServer.Accounts;

/// <summary>How an attempt to change a password ended.</summary>
public abstract record PasswordChangeOutcome
{
    private PasswordChangeOutcome()
    {
    }

    public sealed record Changed : PasswordChangeOutcome;

    /// <summary>The present password is wrong, or the account is no longer there.</summary>
    public sealed record WrongPassword : PasswordChangeOutcome;

    /// <summary>They have to sign in again, with what is stronger than a password.</summary>
    public sealed record SignIn : PasswordChangeOutcome;

    /// <param name="Reason">Why the new password cannot be taken, in a sentence.</param>
    public sealed record Invalid(string Reason) : PasswordChangeOutcome;

    public sealed record Wait(TimeSpan For) : PasswordChangeOutcome;
}
