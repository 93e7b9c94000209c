namespace AuthServer.ExternalSignIn;

/// <summary>What became of somebody who came back from a provider.</summary>
public abstract record ExternalOutcome
{
    private ExternalOutcome()
    {
    }

    /// <param name="Carried">What they came for.</param>
    public sealed record SignedIn(IReadOnlyDictionary<string, string> Carried) : ExternalOutcome;

    /// <summary>The person is known, and has to show a second factor.</summary>
    public sealed record SecondStep(IReadOnlyDictionary<string, string> Carried) : ExternalOutcome;

    /// <summary>The account that was to be linked is theirs already.</summary>
    public sealed record LinkedAlready : ExternalOutcome;

    /// <summary>Nobody here is known by this account.</summary>
    /// <param name="Handle">Of the arrival that waits.</param>
    public sealed record Arrived(string Handle, IReadOnlyDictionary<string, string> Carried) : ExternalOutcome;

    /// <param name="Provider">As people know it; null: it is not known which.</param>
    /// <param name="Carried">Where they may begin again; null: nothing was begun here.</param>
    public sealed record Refused(ExternalFault Fault, string? Provider, IReadOnlyDictionary<string, string>? Carried) : ExternalOutcome;
}
