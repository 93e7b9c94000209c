namespace AuthServer.Pages.Portal;

/// <summary>Text to be copied: a command, a key, an answer.</summary>
/// <param name="Id">Of its own on the page.</param>
/// <param name="Label">What it is, for who does not see it.</param>
public sealed record CodeBlock(string Id, string Label, string Text);
