namespace AuthServer.Scopes;

/// <summary>One scope as a person reads it.</summary>
/// <param name="Title">Plain words; null: nobody has described it, and its name must do.</param>
public sealed record ScopeLine(string Name, string? Title, string? Description);
