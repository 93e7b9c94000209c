namespace AuthServer.Pages.Portal;

/// <summary>A search above a list.</summary>
/// <param name="Address">Of the list.</param>
/// <param name="Label">What is searched.</param>
/// <param name="Kept">What else the list's address says.</param>
public sealed record SearchField(string Address, string Label, string? Value, params (string Name, string Value)[] Kept)
{
    /// <summary>What was typed, made fit to be searched for; null: nothing.</summary>
    public static string? Read(string? typed) => typed?.Trim() is { Length: > 0 and <= 200 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
}
