namespace AuthServer.Accounts;

/// <summary>How an attempt to make an account ended.</summary>
public abstract record RegistrationOutcome
{
    private RegistrationOutcome()
    {
    }

    public sealed record Registered(User User) : RegistrationOutcome;

    /// <summary>What must be typed differently.</summary>
    /// <param name="Faults">Sentences, by field: <c>Email</c>, <c>Name</c>, <c>Password</c>.</param>
    public sealed record Invalid(IReadOnlyDictionary<string, string> Faults) : RegistrationOutcome;

    /// <summary>No account can be made by this person in this way.</summary>
    public sealed record NotAllowed : RegistrationOutcome;

    public sealed record Wait(TimeSpan For) : RegistrationOutcome;
}
