namespace AuthServer.SetUp;

/// <summary>What setting an installation up leaves in the trail, beside what is made by it.</summary>
public static class SetUpEvents
{
    /// <summary>An administrator wanted no more of it.</summary>
    public const string Dismissed = "setup.dismissed";

    /// <summary>An administrator had a test mail sent to themselves.</summary>
    public const string MailTested = "setup.mail_tested";
}
