using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>Whose account was linked.</summary>
[SnakeCase]
public sealed record IdentityRules
{
    /// <summary>A call that tells. Null: the token answer says it all.</summary>
    public ProviderCall? Call { get; init; }

    /// <summary>Scopes that the call needs.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public AccountKeyRules AccountKey { get; init; } = new();

    /// <summary>In the call's answer.</summary>
    public string? EmailPath { get; init; }

    /// <summary>In the call's answer.</summary>
    public string? NamePath { get; init; }

    /// <summary>The organization or workspace, in the call's answer.</summary>
    public string? OrganizationPath { get; init; }

    /// <summary>Asked where the first call gave no e-mail address.</summary>
    public EmailRules? Email { get; init; }
}

/// <summary>What tells two accounts of the provider apart, joined by colons: of the first source that has every part.</summary>
[SnakeCase]
public sealed record AccountKeyRules
{
    /// <summary>Claims of the ID token.</summary>
    public IReadOnlyList<string> IdToken { get; init; } = [];

    /// <summary>Paths in the token answer.</summary>
    public IReadOnlyList<string> Token { get; init; } = [];

    /// <summary>Paths in the answer of the identity call.</summary>
    public IReadOnlyList<string> Call { get; init; } = [];

    /// <summary>Fields whose values stand in front, such as the host of a server of one's own.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];
}

[SnakeCase]
public sealed record EmailRules
{
    public ProviderCall Call { get; init; } = new();

    public string EmailPath { get; init; } = "";

    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>How a grant is taken back.</summary>
[SnakeCase]
public sealed record RevocationRules
{
    public ProviderCall Call { get; init; } = new();

    public RevocationEffect Ends { get; init; } = RevocationEffect.Grant;

    /// <summary>Whether it is called for the second token as well.</summary>
    public bool EachToken { get; init; }

    /// <summary>When it is done. Without any: a 2xx.</summary>
    public IReadOnlyList<AnswerRule> Success { get; init; } = [];
}

public enum RevocationEffect
{
    /// <summary>What the person agreed to, with all its tokens.</summary>
    Grant,

    AccessToken,

    /// <summary>Access tokens live out their time.</summary>
    RefreshToken,

    /// <summary>The app is uninstalled, for everybody there.</summary>
    App,
}

/// <summary>How a token is asked about (RFC 7662, or the provider's own way).</summary>
[SnakeCase]
public sealed record IntrospectionRules
{
    public ProviderCall Call { get; init; } = new();

    /// <summary>When the token is good.</summary>
    public IReadOnlyList<AnswerRule> Active { get; init; } = [];

    /// <summary>When it is not. What is neither tells nothing.</summary>
    public IReadOnlyList<AnswerRule> Dead { get; init; } = [];

    /// <summary>When it ends, in seconds since 1970.</summary>
    public string? ExpiresPath { get; init; }
}

/// <summary>An OpenID provider (OpenID Connect Discovery §4), by which people can sign in.</summary>
[SnakeCase]
public sealed record DiscoveryRules
{
    public string Url { get; init; } = "";

    /// <summary>The ID token's issuer; a <c>{claim}</c> in it is the ID token's own. Null: as the document says.</summary>
    public string? Issuer { get; init; }
}
