using AuthServer.SetUp;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.SettingUp;

/// <summary>What the steps of the set-up are called, and how each stands.</summary>
public static class SetUpWords
{
    public static string Title(SetUpStep step) => step switch
    {
        SetUpStep.Issuer => T("Address"),
        SetUpStep.Mail => T("Mail"),
        SetUpStep.Organization => T("First organization"),
        _ => T("First agent and its token"),
    };

    /// <summary>In the words of the first page.</summary>
    public static string ToDo(SetUpStep step) => step switch
    {
        SetUpStep.Issuer => T("Check the address"),
        SetUpStep.Mail => T("See that mail arrives"),
        SetUpStep.Organization => T("Make the first organization"),
        _ => T("Make the first agent, and see its token"),
    };

    public static string Fact(SetUpStep step, SetUpModel model) => step switch
    {
        SetUpStep.Issuer => model.IsReached ? model.Issuer : T("Your browser came by another address."),
        SetUpStep.Mail => !model.Facts.Mail.HasServer ? T("No mail server is set: links to new passwords and addresses wait at /admin/mails.")
            : model.Facts.Mail.HasArrived ? T("The mail server takes mail.") : T("Not tried yet."),
        SetUpStep.Organization => model.Facts.HasOrganization ? T("It is there.") : T("Agents belong to one."),
        _ => model.Facts.HasAgent ? T("An agent is there; no token was made yet.") : T("With a token that you can use."),
    };
}
