namespace AuthServer.Pages.Forms;

/// <summary>One member of a request of the API, as a form asks for it.</summary>
/// <param name="Path">The field's name, and the member's path where <see cref="Target"/> says no other.</param>
public sealed record Question(string Path, string Label, QuestionKind Kind = QuestionKind.Line)
{
    /// <summary>Where the answer goes; several questions may fill one list.</summary>
    public string Target { get; init; } = Path;

    /// <summary>The label is somebody's data, in a language that nobody told, and no text of ours.</summary>
    public bool LabelIsData { get; init; }

    public string? Hint { get; init; }

    /// <summary>What is said of it by whoever the label is from.</summary>
    public string? Help { get; init; }

    internal bool HasHint => (Hint ?? Help) is not null;

    /// <summary>As it stands in the form: lists with one entry on each line. Always empty for secrets.</summary>
    public string Value { get; init; } = "";

    public bool Optional { get; init; } = true;

    public int MaxLength { get; init; } = 2000;

    /// <summary>What may be chosen now.</summary>
    public IReadOnlyList<PossibleAnswer> Options { get; init; } = [];

    /// <summary>The same with what is chosen already and may not be any more: who sends the form again must not say something else by it, where no choice often means all.</summary>
    public IEnumerable<PossibleAnswer> Offered => [.. Options, .. Chosen.Where(value => Options.All(option => option.Value != value)).Select(value => new PossibleAnswer(value, Names.Shown(value)))];

    /// <summary>No answer says nothing, rather than that there is no value.</summary>
    public bool KeepsEmpty { get; init; }

    /// <summary>What no answer stands for, where the request has no way to say that there is no value; null: it says that itself.</summary>
    public string? WhenEmpty { get; init; }

    /// <summary>The answer that stands there already says nothing: something else may follow from it.</summary>
    public bool KeepsSame { get; init; }

    /// <summary>The chosen answer is a number.</summary>
    public bool Numeric { get; init; }

    /// <summary>Spaces around it are meant.</summary>
    public bool Verbatim { get; init; }

    /// <summary>No entry at all means no list, rather than an empty one.</summary>
    public bool NullWhenEmpty { get; init; }

    private IEnumerable<string> Chosen => Kind switch
    {
        QuestionKind.Ticks => Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal),
        QuestionKind.Choice or QuestionKind.Radio or QuestionKind.Entry when Value.Length > 0 => [Value],
        _ => [],
    };

    public bool IsTicked(PossibleAnswer option) => Value.Split('\n').Contains(option.Value, StringComparer.Ordinal);
}

/// <param name="Words">What it means, where the label does not say.</param>
/// <param name="Heading">What it is listed under.</param>
public sealed record PossibleAnswer(string Value, string Label, string? Words = null, string? Heading = null)
{
    /// <summary>Of the label, where it is not the page's.</summary>
    public string? Language { get; init; }
}

public enum QuestionKind
{
    Line,
    Secret,
    Number,
    Date,

    /// <summary>A span of time: an amount and its unit, which are <see cref="Spans"/> to read.</summary>
    Span,
    Text,
    Tick,
    Choice,

    /// <summary>A choice whose options need words.</summary>
    Radio,

    /// <summary>A choice that is one entry of a list.</summary>
    Entry,
    Lines,
    Ticks,

    /// <summary>A name, <c>=</c> and a value on each line.</summary>
    Pairs,

    /// <summary>A value as JSON writes it.</summary>
    Json,
}

/// <summary>A question with what is wrong with its answer.</summary>
public sealed record AskedQuestion(Question Question, string? Fault)
{
    public string Id => Question.Path.ToLowerInvariant();

    /// <summary>As many lines as there are, and one to go on with.</summary>
    public int Rows => Math.Clamp(Question.Value.AsSpan().Count('\n') + 2, 2, 10);

    public string? DescribedBy =>
        string.Join(' ', new[] { Fault is null ? null : Id + "-fault", Question.HasHint ? Id + "-hint" : null }.OfType<string>()) is { Length: > 0 } ids ? ids : null;
}

/// <summary>Questions that are answered together.</summary>
/// <param name="Name">In addresses and forms.</param>
public sealed record Part(string Name, string Title, IReadOnlyList<Question> Questions)
{
    /// <summary>What it is about, where the title does not say.</summary>
    public string? Words { get; init; }

    /// <summary>Only admins decide about it.</summary>
    public bool ForAdmins { get; init; }
}
