namespace AuthServer.Scopes;

/// <summary>A protected API that tokens can be made for (RFC 8707).</summary>
public sealed class ProtectedResource
{
    /// <summary>Canonical: see <see cref="AuthServer.Protocol.Tokens.ResourceServer.Canonical"/>.</summary>
    public string Uri { get; set; } = "";

    public string? DisplayName { get; set; }

    /// <summary>A JSON array; empty: any scope.</summary>
    public string Scopes { get; set; } = "[]";

    /// <summary>Who made it where it was not a person: <c>configuration</c> or <c>demo</c>.</summary>
    public string? Source { get; set; }
}
