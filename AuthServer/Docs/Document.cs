namespace AuthServer.Docs;

/// <summary>A page of the documentation, rendered.</summary>
/// <param name="Title">Its first heading, as text.</param>
/// <param name="Html">What follows that heading.</param>
/// <param name="Parts">Its headings of the second level, in their order.</param>
public sealed record Document(string Title, string Html, IReadOnlyList<DocumentPart> Parts);

/// <param name="Id">What an address names after the number sign.</param>
public sealed record DocumentPart(string Id, string Title);
