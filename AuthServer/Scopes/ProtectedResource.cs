namespace AuthServer.Scopes;

/// <summary>A protected API that tokens can be made for (RFC 8707).</summary>
public sealed class ProtectedResource
{
    /// <summary>Canonical: see <see cref="AuthServer.Protocol.Tokens.ResourceServer.Canonical"/>.</summary>
    public string Uri { get; set; } = "";

    /// <summary><c>res_…</c></summary>
    public string Id { get; set; } = "";

    /// <summary>Whose it is, <c>acct_…</c>; null: the installation's.</summary>
    public string? OrganizationId { get; set; }

    public string? DisplayName { get; set; }

    /// <summary>A JSON array; empty: any scope.</summary>
    public string Scopes { get; set; } = "[]";

    /// <summary>The row of the client by which it introspects its tokens, where an organization registered it.</summary>
    public string? ApplicationId { get; set; }

    /// <summary>A JSON array of the other client ids that may introspect its tokens; in force are their applications' audiences.</summary>
    public string Introspectors { get; set; } = "[]";

    /// <summary>Who made it where it was not a person: <c>configuration</c> or <c>demo</c>.</summary>
    public string? Source { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Changes whenever the row does.</summary>
    public string Version { get; set; } = "";
}
