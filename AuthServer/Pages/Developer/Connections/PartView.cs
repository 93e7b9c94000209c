using AuthServer.Pages.Forms;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>A part as it is shown: to be answered, or only to be read.</summary>
/// <param name="Faults">Of what was typed; null: nothing was.</param>
public sealed record PartView(Part Part, bool MayChange, FormFaults? Faults)
{
    /// <summary>What stands in a part, in a line: who looks for something need not open each.</summary>
    public static string InALine(Part part) => string.Join(" · ", part.Questions.Select(InAWord).OfType<string>());

    private static string? InAWord(Question question) => question.Kind switch
    {
        QuestionKind.Tick => question.Value.Length > 0 ? question.Label : null,
        QuestionKind.Secret => question.Optional ? T("{0}: set", question.Label) : null,
        QuestionKind.Ticks => question.Offered.Count(question.IsTicked) is > 0 and var ticked ? Count(ticked, "{0} chosen", "{0} chosen") : null,
        _ when question.Value.Length == 0 => null,
        QuestionKind.Number => T("{0}: {1}", question.Label, question.Value),
        QuestionKind.Span => Spans.Parts(question.Value) is var (amount, unit) && amount.Length > 0
            ? T("{0}: {1}", question.Label, amount + " " + question.Options.FirstOrDefault(option => option.Value == unit)?.Label) : null,
        QuestionKind.Choice or QuestionKind.Radio or QuestionKind.Entry => Read(question),
        QuestionKind.Pairs or QuestionKind.Json => question.Label,
        _ => Names.Shown(question.Value.Split('\n')[0]),
    };

    /// <summary>An answer as it is read.</summary>
    internal static string Read(Question question) => question.Kind switch
    {
        QuestionKind.Tick => question.Value.Length > 0 ? T("Yes") : T("No"),
        QuestionKind.Secret => question.Optional ? T("Set") : T("Not set"),
        QuestionKind.Choice or QuestionKind.Radio or QuestionKind.Entry => question.Options.FirstOrDefault(option => option.Value == question.Value)?.Label ?? question.Value,
        QuestionKind.Ticks => string.Join(", ", question.Offered.Where(question.IsTicked).Select(option => option.Label)) is { Length: > 0 } ticked ? ticked : T("None"),
        _ => question.Value.Length > 0 ? question.Value : T("Not set"),
    };
}
