namespace AuthServer.SetUp;

/// <summary>How far an installation is. Each step is done when what it is for is there, whoever made it and wherever.</summary>
/// <param name="IsDismissed">An administrator said that there is nothing left to do.</param>
public sealed record SetUpFacts(bool IsDismissed, MailFact Mail, bool HasOrganization, bool HasAgent, bool HasToken)
{
    /// <summary>Nothing of it is left, and there is no page for it any more.</summary>
    public bool IsOver => IsDismissed || Left.Count == 0;

    /// <summary>The steps that are not done yet, in their order.</summary>
    public IReadOnlyList<SetUpStep> Left =>
    [
        .. Mail.IsDone ? Array.Empty<SetUpStep>() : [SetUpStep.Mail],
        .. HasOrganization ? Array.Empty<SetUpStep>() : [SetUpStep.Organization],
        .. HasAgent && HasToken ? Array.Empty<SetUpStep>() : [SetUpStep.Agent],
    ];
}

/// <summary>One step of the set-up, after the administrator's account.</summary>
public enum SetUpStep
{
    /// <summary>What the server takes for its address, and what browsers reach.</summary>
    Issuer,
    Mail,
    Organization,

    /// <summary>The first agent and its first token.</summary>
    Agent,
}

/// <param name="HasServer">There is a mail server; without one, what people need waits for an administrator.</param>
/// <param name="HasArrived">It took a mail.</param>
/// <param name="Test">The last test; null: there was none lately.</param>
public sealed record MailFact(bool HasServer, bool HasArrived, TestMail? Test)
{
    public bool IsDone => !HasServer || HasArrived;
}

/// <param name="Failure">One of <see cref="Mail.MailFailures"/>; null: there was none.</param>
public sealed record TestMail(string Recipient, DateTimeOffset AskedAt, DateTimeOffset? SentAt, string? Failure);
