using AuthServer.Pages.Forms;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>A part as it is shown: to be answered, or only to be read.</summary>
/// <param name="Faults">Of what was typed; null: nothing was.</param>
public sealed record PartView(Part Part, bool MayChange, FormFaults? Faults)
{
    /// <summary>An answer as it is read.</summary>
    internal static string Read(Question question) => question.Kind switch
    {
        QuestionKind.Tick => question.Value.Length > 0 ? T("Yes") : T("No"),
        QuestionKind.Secret => question.Optional ? T("Set") : T("Not set"),
        QuestionKind.Choice or QuestionKind.Radio or QuestionKind.Entry => question.Options.FirstOrDefault(option => option.Value == question.Value)?.Label ?? question.Value,
        QuestionKind.Ticks => string.Join(", ", question.Options.Where(question.IsTicked).Select(option => option.Label)) is { Length: > 0 } ticked ? ticked : T("None"),
        _ => question.Value.Length > 0 ? question.Value : T("Not set"),
    };
}
