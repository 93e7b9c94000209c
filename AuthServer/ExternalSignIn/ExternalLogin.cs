namespace AuthServer.ExternalSignIn;

/// <summary>An account at another OpenID provider by which a person signs in here.</summary>
public sealed class ExternalLogin
{
    public const string IdPrefix = "xln_";

    /// <summary><c>xln_…</c></summary>
    public string Id { get; set; } = "";

    public string UserId { get; set; } = "";

    /// <summary>The provider's id in the configuration.</summary>
    public string Provider { get; set; } = "";

    /// <summary>The ID token's <c>iss</c>: whoever takes over a provider's id in the configuration does not take over its accounts.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What tells two accounts apart there and is never reused: <c>sub</c>, or <c>tid:oid</c>.</summary>
    public string Subject { get; set; } = "";

    /// <summary>How the account is called there, for its person; null: the provider did not say.</summary>
    public string? Name { get; set; }

    public DateTimeOffset LinkedAt { get; set; }

    public DateTimeOffset LastUsedAt { get; set; }
}
