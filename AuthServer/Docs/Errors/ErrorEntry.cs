namespace AuthServer.Docs.Errors;

/// <summary>A code that this server answers with, explained.</summary>
/// <param name="Code">One stable word.</param>
/// <param name="Where">The HTTP status that it comes with, or another way on which it comes.</param>
/// <param name="Cause">What happened, in plain sentences.</param>
/// <param name="Cure">What the caller's developer does about it.</param>
public sealed record ErrorEntry(string Code, string Where, string Cause, string Cure);

/// <summary>Codes that belong together.</summary>
public sealed record ErrorSection(string Title, string Words, IReadOnlyList<ErrorEntry> Entries);
