namespace AuthServer.Applications;

/// <summary>One client as configuration: <c>AuthServer:Clients:N</c>.</summary>
public sealed class ApplicationSettings
{
    public string? ClientId { get; set; }

    /// <summary>The secret, or a reference to it (<c>file:</c>, <c>env:</c>).</summary>
    public string? ClientSecret { get; set; }

    public string? DisplayName { get; set; }

    /// <summary><c>public</c> or <c>confidential</c>; without it: confidential when there is a secret or a key.</summary>
    public string? ClientType { get; set; }

    /// <summary><c>web</c> or <c>native</c>; a native one may have private-use redirect schemes.</summary>
    public string ApplicationType { get; set; } = "web";

    /// <summary><c>explicit</c>, <c>systematic</c>, <c>implicit</c> or <c>external</c>.</summary>
    public string ConsentType { get; set; } = "explicit";

    public List<string> RedirectUris { get; set; } = [];

    public List<string> PostLogoutRedirectUris { get; set; } = [];

    public List<string> GrantTypes { get; set; } = [];

    public List<string> Scopes { get; set; } = [];

    /// <summary>The resources it may ask for.</summary>
    public List<string> Resources { get; set; } = [];

    /// <summary>The resources it is: it may introspect their tokens.</summary>
    public List<string> Audiences { get; set; } = [];

    /// <summary>RFC 7591's method; without it any that its credentials allow.</summary>
    public string? TokenEndpointAuthMethod { get; set; }

    /// <summary>Public keys for <c>private_key_jwt</c>: a JWKS as JSON, or a reference to one.</summary>
    public string? Jwks { get; set; }

    /// <summary>RFC 9449 §5.2: it never gets a bearer token; every token request needs a DPoP proof.</summary>
    public bool DPoPBoundAccessTokens { get; set; }

    /// <summary>Only for a confidential client of an older vintage.</summary>
    public bool RequirePkce { get; set; } = true;

    /// <summary><c>RS256</c>, <c>ES256</c> or <c>PS256</c>.</summary>
    public string? IdTokenSignedResponseAlg { get; set; }

    public TimeSpan? AccessTokenLifetime { get; set; }

    public TimeSpan? RefreshIdle { get; set; }

    public TimeSpan? RefreshAbsolute { get; set; }

    public TimeSpan? RefreshGrace { get; set; }
}
