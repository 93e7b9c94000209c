using AuthServer.Http;

namespace AuthServer.Organizations;

/// <summary>What an organization or a key is called.</summary>
internal static class OrganizationName
{
    public const int Longest = 200;

    public const string Rule = "Give a name of 1 to 200 visible characters on one line.";

    /// <summary>The name without surrounding spaces; null when it cannot be one.</summary>
    public static string? Read(string? sent) =>
        sent?.Trim() is { Length: > 0 and <= Longest } name && !name.Any(char.IsControl) && VisibleText.IsSeen(name) ? name : null;
}
