namespace AuthServer.Pages.Forms;

/// <summary>A labelled input.</summary>
/// <param name="Name">Of the form field; in lower case the element's id, unless another is given.</param>
/// <param name="Autocomplete">What a password program puts there (HTML's autofill names).</param>
/// <param name="Fault">What is wrong with what was typed.</param>
public sealed record FieldModel(string Name, string Label, string Autocomplete, string? Fault = null)
{
    public string Type { get; init; } = "text";

    /// <summary>Null for passwords: what was typed there is never sent back.</summary>
    public string? Value { get; init; }

    /// <inheritdoc cref="Question.LabelIsData"/>
    public bool LabelIsData { get; init; }

    public string? Hint { get; init; }

    /// <inheritdoc cref="Question.Help"/>
    public string? Help { get; init; }

    public bool Optional { get; init; }

    public bool ReadOnly { get; init; }

    public bool Focus { get; init; }

    public int MaxLength { get; init; } = 254;

    /// <summary>What may be typed, to choose from; anything else may be typed as well.</summary>
    public IReadOnlyList<PossibleAnswer> Suggestions { get; init; } = [];

    /// <summary>Of the element; another one where the page has several fields of this name.</summary>
    public string Id { get; init; } = Name.ToLowerInvariant();

    public string? DescribedBy =>
        string.Join(' ', new[] { Fault is null ? null : Id + "-fault", (Hint ?? Help) is null ? null : Id + "-hint" }.OfType<string>()) is { Length: > 0 } ids ? ids : null;
}
