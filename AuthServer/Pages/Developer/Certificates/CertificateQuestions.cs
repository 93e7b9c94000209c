using AuthServer.Certificates;
using AuthServer.Pages.Forms;

namespace AuthServer.Pages.Developer.Certificates;

/// <summary>What is asked of whoever makes a certificate: the members of the API's request.</summary>
internal static class CertificateQuestions
{
    public static IReadOnlyList<Question> All =>
    [
        new("name", Texts.T("Name")) { Optional = false, MaxLength = 200, Hint = Texts.T("Which program signs with it.") },
        new("role", Texts.T("Who signs with it may act as"), QuestionKind.Choice)
        {
            Value = "developer",
            Options = [new("auditor", Texts.T("Auditor: reads everything, changes nothing")), new("developer", Texts.T("Developer: changes agents and policies")), new("admin", Texts.T("Admin: also members and keys"))],
        },
        new("expiresAt", Texts.T("It expires on"), QuestionKind.Date) { Hint = Texts.T("Within five years. Without a day it expires in a year. You are told 30, 7 and 1 days before.") },
        new("modulusLength", Texts.T("Length of the key"), QuestionKind.Choice)
        {
            Numeric = true,
            Value = "2048",
            Options = [.. Certificate.ModulusLengths.Select(bits => new PossibleAnswer($"{bits}", Texts.T("{0} bits", $"{bits}")))],
        },
        new("scopes", Texts.T("Only for these scopes"), QuestionKind.Lines) { NullWhenEmpty = true, Hint = Texts.T("One on each line. Without any it may do all that its role allows.") },
        new("metadata", Texts.T("Notes of your own, as a JSON object"), QuestionKind.Json) { KeepsEmpty = true },
    ];

    /// <summary>The colour and the shape of a state, and its word.</summary>
    internal static (string Level, string Icon, string Word) Look(CertificateStatus status) => status switch
    {
        CertificateStatus.Active => ("low", "check", Texts.T("Active")),
        CertificateStatus.Expired => ("high", "clock", Texts.T("Expired")),
        _ => ("critical", "warning", Texts.T("Revoked")),
    };
}
