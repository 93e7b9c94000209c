using AuthServer.Protocol.Authorize;

namespace AuthServer.Accounts;

/// <summary>How an attempt to sign in ended.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    public sealed record SignedIn(SignedInPerson Person) : SignInOutcome;

    /// <summary>The password is right, and not enough.</summary>
    public sealed record SecondStep : SignInOutcome;

    /// <summary>Unknown, disabled or a wrong password: one answer for all.</summary>
    public sealed record Refused : SignInOutcome;

    public sealed record Wait(TimeSpan For) : SignInOutcome;
}
