namespace AuthServer.Pages.Admin;

/// <summary>A change that waits for a yes.</summary>
/// <param name="Title">A question.</param>
/// <param name="Lead">What it is about, in a sentence.</param>
/// <param name="Consequences">What happens then.</param>
/// <param name="Button">What the yes says.</param>
/// <param name="Address">Where the yes goes.</param>
/// <param name="Back">Where the no leads.</param>
public sealed record Confirmation(string Title, string Lead, IReadOnlyList<string> Consequences, string Button, string Address, string Back)
{
    /// <summary>Whether it takes something away.</summary>
    public bool IsDangerous { get; init; } = true;
}
