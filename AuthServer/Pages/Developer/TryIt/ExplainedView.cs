namespace AuthServer.Pages.Developer.TryIt;

/// <summary>Parameters, members or claims as a table.</summary>
/// <param name="Label">What they are, for who does not see it.</param>
/// <param name="Column">What one of them is called.</param>
internal sealed record ExplainedView(string Label, string Column, IReadOnlyList<Explained> Members);
