namespace AuthServer.Applications;

/// <summary>A client. Configured clients are written to the database at start: changed ones are rewritten, unchanged ones left alone, those no longer named disabled.</summary>
public sealed class ApplicationSettings
{
    /// <summary>1 to 400 visible ASCII characters.</summary>
    /// <remarks>Refused: one that somebody else has taken, or that begins as this server's own ids do.</remarks>
    public string? ClientId { get; set; }

    /// <summary>The secret, or a reference to it; makes it confidential. Only a hash is stored.</summary>
    /// <remarks>Refused: for a public client.</remarks>
    public string? ClientSecret { get; set; }

    /// <summary>What people read when they are asked.</summary>
    public string? DisplayName { get; set; }

    /// <summary><c>public</c> or <c>confidential</c>. None: confidential when there is a secret or a key.</summary>
    /// <remarks>Refused: <c>confidential</c> with neither a secret nor keys.</remarks>
    public string? ClientType { get; set; }

    /// <summary><c>web</c> or <c>native</c>; a native one may have private-use redirect schemes (<c>com.example.app:/callback</c>).</summary>
    /// <remarks>Refused: any other word.</remarks>
    public string ApplicationType { get; set; } = "web";

    /// <summary><c>explicit</c> (ask once), <c>systematic</c> (ask always), <c>implicit</c> (never ask: you consent for everybody) or <c>external</c>.</summary>
    /// <remarks>Refused: any other word.</remarks>
    public string ConsentType { get; set; } = "explicit";

    /// <summary>Where answers may go. Compared exactly; only the port of a loopback address may differ.</summary>
    /// <remarks>Refused: a fragment, plain http but on loopback, a private-use scheme of a web client; none at all with <c>authorization_code</c>.</remarks>
    public List<string> RedirectUris { get; set; } = [];

    /// <summary>Where a browser may go after sign-out. Compared exactly.</summary>
    public List<string> PostLogoutRedirectUris { get; set; } = [];

    /// <summary><c>authorization_code</c>, <c>refresh_token</c>, <c>client_credentials</c>, <c>urn:ietf:params:oauth:grant-type:token-exchange</c>; the last two need a confidential client.</summary>
    /// <remarks>Refused: any other.</remarks>
    public List<string> GrantTypes { get; set; } = [];

    /// <summary>What it may ask for; <c>openid</c> and <c>offline_access</c> need no entry.</summary>
    /// <remarks>Refused: a <c>*</c> but for all below a name, as in <c>crm.*</c>.</remarks>
    public List<string> Scopes { get; set; } = [];

    /// <summary>The APIs that it may ask tokens for; when there is one, it is the default.</summary>
    /// <remarks>Refused: one that is not among <c>AuthServer:Resources</c>.</remarks>
    public List<string> Resources { get; set; } = [];

    /// <summary>The APIs that it is: it may introspect their tokens.</summary>
    public List<string> Audiences { get; set; } = [];

    /// <summary><c>none</c>, <c>client_secret_basic</c>, <c>client_secret_post</c> or <c>private_key_jwt</c>. None: any that its credentials allow.</summary>
    /// <remarks>Refused: one that its credentials do not allow.</remarks>
    public string? TokenEndpointAuthMethod { get; set; }

    /// <summary>Its public keys as a JSON Web Key Set, or a reference to one.</summary>
    /// <remarks>Refused: for a public client, and keys that are private or cannot be read.</remarks>
    public string? Jwks { get; set; }

    /// <summary>It never gets a bearer token; every token request needs a DPoP proof (RFC 9449 §5.2).</summary>
    public bool DPoPBoundAccessTokens { get; set; }

    /// <summary><c>false</c> frees a confidential client of an older vintage; a challenge that is sent is enforced all the same.</summary>
    /// <remarks>Refused: <c>false</c> for a public client.</remarks>
    public bool RequirePkce { get; set; } = true;

    /// <summary><c>RS256</c>, <c>ES256</c> or <c>PS256</c> (needs a key: <c>keys rotate --algorithm PS256</c>). None: <c>RS256</c>.</summary>
    /// <remarks>Refused: any other word.</remarks>
    public string? IdTokenSignedResponseAlg { get; set; }

    /// <summary>In place of <c>AuthServer:Tokens:AccessToken</c>.</summary>
    /// <remarks>Refused: zero, or more than a day.</remarks>
    public TimeSpan? AccessTokenLifetime { get; set; }

    /// <summary>In place of <c>AuthServer:Tokens:RefreshIdle</c>.</summary>
    public TimeSpan? RefreshIdle { get; set; }

    /// <summary>In place of <c>AuthServer:Tokens:RefreshAbsolute</c>.</summary>
    public TimeSpan? RefreshAbsolute { get; set; }

    /// <summary>In place of <c>AuthServer:Tokens:RefreshGrace</c>.</summary>
    public TimeSpan? RefreshGrace { get; set; }
}
