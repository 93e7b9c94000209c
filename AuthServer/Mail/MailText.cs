using System.Globalization;
using System.Text;
using AuthServer.Http;

namespace AuthServer.Mail;

/// <summary>What a mail says. It is written once as plain text and once as simple HTML, with the same words.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Lead">What happened, or is asked.</param>
public sealed record MailText(string Subject, string Lead)
{
    private const int LongestName = 60;

    /// <summary>Of what it says.</summary>
    public string Language { get; init; } = "en";

    /// <summary>What there is to press; null: nothing.</summary>
    public MailLink? Link { get; init; }

    /// <summary>Of the organization in whose name it is sent, as a number <c>0xRRGGBB</c>; null: of nobody, or it has none.</summary>
    public int? Colour { get; init; }

    /// <summary>When, from where, with what.</summary>
    public IReadOnlyList<MailFact> Facts { get; init; } = [];

    /// <summary>What to do if it was not the reader.</summary>
    public required string IfNotYou { get; init; }

    /// <summary>A name that somebody chose, as one short line in which mail programs find nothing to press: whoever has a name could else have this server
    /// send an address of theirs to anybody.</summary>
    public static string Name(string name)
    {
        var text = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Where(rune => VisibleText.Shows(rune)))
        {
            text.Append(rune.Value is ':' or '/' or '\\' or '@' or '<' or '>' ? " " : rune.Value == '.' ? "․" : rune.ToString());
        }

        var line = string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var elements = StringInfo.ParseCombiningCharacters(line);
        return elements.Length <= LongestName ? line : line[..elements[LongestName]] + "…";
    }

    public override string ToString() => $"MailText ({Subject})";
}

/// <summary>Something to press. No record: its address may open an account.</summary>
public sealed class MailLink(string label, string address, string note)
{
    public string Label { get; } = label;

    public string Address { get; } = address;

    /// <summary>For how long it works.</summary>
    public string Note { get; } = note;
}

public sealed record MailFact(string Label, string Value);
