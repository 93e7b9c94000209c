namespace AuthServer.Accounts;

/// <summary>What came of trying a password.</summary>
public abstract record PasswordOutcome
{
    private PasswordOutcome()
    {
    }

    /// <param name="User">As the scoped context tracks them: a hash that was made anew is saved with whatever follows.</param>
    public sealed record Right(User User) : PasswordOutcome;

    /// <summary>Unknown, disabled or a wrong password: one answer for all.</summary>
    public sealed record Wrong : PasswordOutcome;

    public sealed record Wait(TimeSpan For) : PasswordOutcome;
}
