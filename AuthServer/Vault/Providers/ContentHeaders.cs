namespace AuthServer.Vault.Providers;

/// <summary>Headers that are about a body: they come with the body that they describe, and no setting speaks for that.</summary>
internal static class ContentHeaders
{
    // RFC 9110 §8 and §10.2.1; what the HTTP client takes with a body only.
    public static IReadOnlyList<string> Names { get; } =
    [
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-MD5", "Content-Range", "Content-Type", "Expires", "Last-Modified",
    ];

    public static bool Has(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
