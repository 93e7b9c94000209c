using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>How accounts are linked by OAuth.</summary>
[SnakeCase]
public sealed record OAuthRules
{
    public OAuthFlow Flow { get; init; }

    public AuthorizeRules Authorize { get; init; } = new();

    public ScopeRules Scopes { get; init; } = new();

    public TokenRules Token { get; init; } = new();

    public RefreshRules Refresh { get; init; } = new();

    public IdentityRules Identity { get; init; } = new();

    /// <summary>Null: it has no endpoint for that; the person does it at <see cref="ProviderSetup.RevokeUrl"/>.</summary>
    public RevocationRules? Revocation { get; init; }

    /// <summary>Null: it says of no token whether it is good.</summary>
    public IntrospectionRules? Introspection { get; init; }

    /// <summary>Null: it is no OpenID provider.</summary>
    public DiscoveryRules? Discovery { get; init; }

    /// <summary>Where the access token goes in a call of its API.</summary>
    public IReadOnlyList<CredentialPlace> Credential { get; init; } = [new CredentialPlace { Name = "Authorization", Value = "Bearer {access_token}" }];

    /// <summary>A call that shows whether an access token is good.</summary>
    public TestRules Test { get; init; } = new();
}

public enum OAuthFlow
{
    /// <summary>A code, redeemed at the token endpoint (RFC 6749 §4.1).</summary>
    Code,

    /// <summary>The token comes back in the fragment of the callback's address; its parameters are read as the token answer is.</summary>
    Fragment,
}

/// <summary>The address that the person is sent to.</summary>
[SnakeCase]
public sealed record AuthorizeRules
{
    public string Url { get; init; } = "";

    /// <summary>More parameters, or other values for the standard's. One whose placeholder has no value is left out.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = Empty.Map;

    /// <summary>Which of the standard's parameters are left out.</summary>
    public IReadOnlyList<string> Omit { get; init; } = [];

    public PkceMode Pkce { get; init; } = PkceMode.Supported;
}

/// <summary>What the provider makes of PKCE (RFC 7636); where it is sent, it is S256.</summary>
public enum PkceMode
{
    Required,
    Supported,

    /// <summary>An app that turns it on is a public client from then on, so it is not sent.</summary>
    OptIn,

    /// <summary>For apps without a secret; not sent.</summary>
    PublicOnly,

    /// <summary>Not sent.</summary>
    Unsupported,

    /// <summary>Sent: what it does not know it does not look at.</summary>
    Undocumented,
}

/// <summary>The token endpoint.</summary>
[SnakeCase]
public sealed record TokenRules
{
    /// <summary>Null for <see cref="OAuthFlow.Fragment"/> only.</summary>
    public string? Url { get; init; }

    public BodyFormat Format { get; init; } = BodyFormat.Form;

    /// <summary>What it takes, the one to be used first.</summary>
    public IReadOnlyList<ClientAuthentication> ClientAuthentication { get; init; } = [Providers.ClientAuthentication.Basic];

    public IReadOnlyDictionary<string, string> Headers { get; init; } = Empty.Map;

    public TokenAnswer Answer { get; init; } = new();

    /// <summary>What tells when an access token ends, in the order that it is asked.</summary>
    public IReadOnlyList<ExpirySource> Expiry { get; init; } = [ExpirySource.ExpiresIn];

    /// <summary>Seconds that an access token lives where nothing tells. Null: until the API refuses it.</summary>
    public int? DefaultLifetime { get; init; }
}

public enum BodyFormat
{
    None,
    Form,
    Json,
}

/// <summary>How an app proves itself (OpenID Connect Core §9).</summary>
public enum ClientAuthentication
{
    Basic,
    Post,
    PrivateKeyJwt,
    None,
}

public enum ExpirySource
{
    /// <summary>The token answer.</summary>
    ExpiresIn,

    /// <summary>The access token's own <c>exp</c>, where it is a JWT.</summary>
    Jwt,

    /// <summary><see cref="IntrospectionRules.ExpiresPath"/>.</summary>
    Introspection,
}

/// <summary>Where in the token answer what is found. The defaults are the standard's (RFC 6749 §5).</summary>
[SnakeCase]
public sealed record TokenAnswer
{
    public string AccessToken { get; init; } = "access_token";

    public string RefreshToken { get; init; } = "refresh_token";

    /// <summary>Seconds.</summary>
    public string ExpiresIn { get; init; } = "expires_in";

    /// <summary>Seconds that the refresh token lives.</summary>
    public string RefreshExpiresIn { get; init; } = "refresh_expires_in";

    public string Scope { get; init; } = "scope";

    public string IdToken { get; init; } = "id_token";

    public string Error { get; init; } = "error";

    public string ErrorDescription { get; init; } = "error_description";

    /// <summary>A code that is more exact than the error and is for people's eyes only, see <see cref="RefreshRules.Hints"/>.</summary>
    public string? Hint { get; init; }

    /// <summary>When it is one. Without any: a 2xx with an access token and no error.</summary>
    public IReadOnlyList<AnswerRule> Success { get; init; } = [];

    /// <summary>A second token in the same answer, with a life of its own.</summary>
    public SecondToken? Second { get; init; }
}

/// <summary>Slack's user token beside the bot's.</summary>
[SnakeCase]
public sealed record SecondToken
{
    /// <summary>One word by which calls ask for it.</summary>
    public string Kind { get; init; } = "";

    public string AccessToken { get; init; } = "";

    public string? RefreshToken { get; init; }

    public string? ExpiresIn { get; init; }

    public string? Scope { get; init; }
}
