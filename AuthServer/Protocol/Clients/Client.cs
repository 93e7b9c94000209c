using System.Collections.Frozen;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Clients;

/// <summary>What the protocol knows of an application (RFC 6749 §2): read once from its row, then shared by requests.</summary>
public sealed record Client
{
    /// <summary>Characters that a client id may have: some are addresses.</summary>
    public const int LongestId = 400;

    /// <summary>The application's row id.</summary>
    public required string Id { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Changes whenever the row does; a remembered secret is bound to it.</summary>
    public required string ConcurrencyToken { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>RFC 6749 §2.1: a public client has no secret and proves nothing by its id.</summary>
    public required bool IsPublic { get; init; }

    public bool IsNative { get; init; }

    public ClientIntroduction Introduction { get; init; }

    /// <summary>Whether no one here vouches for it: people decide alone, and only what is open to such clients can be asked for.</summary>
    public bool IntroducedItself => Introduction != ClientIntroduction.Entered;

    /// <summary>The agent that it is; null for any other application.</summary>
    public AgentIdentity? Agent { get; init; }

    /// <summary>The organization that calls in its own name, by no application; null for every application.</summary>
    public CallingOrganization? Organization { get; private init; }

    public ConsentType ConsentType { get; init; } = ConsentType.Explicit;

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    public FrozenSet<string> GrantTypes { get; init; } = [];

    /// <summary>The scopes that it may ask for; <c>openid</c> and <c>offline_access</c> come with the grants that use them.</summary>
    public FrozenSet<string> Scopes { get; init; } = [];

    /// <summary>RFC 8707 resources that it may ask for.</summary>
    public FrozenSet<string> Resources { get; init; } = [];

    /// <summary>Resources that it is: it may introspect the tokens made for them.</summary>
    public FrozenSet<string> Audiences { get; init; } = [];

    /// <summary>RFC 9449 §5.2: it never gets a bearer token.</summary>
    public bool RequiresDPoP { get; init; }

    public bool RequiresPkce { get; init; } = true;

    /// <summary>One of <see cref="ClientAuthenticationMethods"/>; null: whichever its credentials allow.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>The password hash of its secret, in OpenIddict's format.</summary>
    public string? SecretHash { get; init; }

    /// <summary>Secrets that this server generated for it; while one is rotated there are two.</summary>
    public IReadOnlyList<GeneratedSecret> Secrets { get; init; } = [];

    /// <summary>The key that it has proven itself by, of which <see cref="With"/> made it; null: it is the client without such bounds.</summary>
    public ClientKey? Key { get; private init; }

    /// <summary>The same as the tokens name it that come by it: they end with it.</summary>
    public IReadOnlyList<string> KeyIds => Key is { } used ? [used.Id] : [];

    /// <summary>Its public keys (RFC 7517) for <c>private_key_jwt</c>, as JSON.</summary>
    public string? JsonWebKeySet { get; init; }

    /// <summary>Where its public keys are, when they are not in <see cref="JsonWebKeySet"/>.</summary>
    public string? JsonWebKeySetUri { get; init; }

    /// <summary>Of an agent: the thumbprint (RFC 7638) of the registered key that delegated tokens are bound to; null: it has none for that.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The <c>alg</c> of its ID tokens.</summary>
    public string IdTokenAlgorithm { get; init; } = "RS256";

    public required TokenLifetimes Lifetimes { get; init; }

    /// <summary>What the agent that made it may ask for, which it never exceeds; null: no agent made it.</summary>
    public FrozenSet<string>? MakerScopes { get; private init; }

    /// <summary>When it ends; nothing that it gets outlives it. Null: it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Of an agent: nobody answers for it.</summary>
    public bool IsUnclaimed { get; init; }

    /// <summary>Whether it is registered for this scope, by name or by a wildcard.</summary>
    public bool Covers(string scope) => Scopes.Contains(scope) || Scopes.Any(granted => ScopeWildcards.Covers(granted, scope));

    /// <summary>Whether it may ask for this scope: what it is registered for, and what comes with the grants.</summary>
    public bool MayAsk(string scope) => scope switch
    {
        ScopeNames.OpenId => true,
        ScopeNames.OfflineAccess => MayUse(Protocol.GrantTypes.RefreshToken),
        _ => Covers(scope) || (IntroducedItself && ScopeNames.OfPeople.Contains(scope)),
    };

    /// <summary>The same client, bounded by the key that it has proven itself by.</summary>
    public Client With(ClientKey key) => this with
    {
        Key = key,
        Scopes = key.Scopes is { } bound ? ScopeWildcards.Intersect([.. Scopes], bound).ToFrozenSet(StringComparer.Ordinal) : Scopes,
        Lifetimes = key.TokenLifetime is { } lifetime ? Lifetimes with { AccessToken = lifetime } : Lifetimes,
    };

    /// <summary>The same client, bounded by the agent that made it: what that one may not ask for, it may not.</summary>
    public Client Below(Client maker) => this with
    {
        MakerScopes = maker.Scopes,
        Scopes = ScopeWildcards.Intersect([.. Scopes], [.. maker.Scopes]).ToFrozenSet(StringComparer.Ordinal),
    };

    /// <summary>An organization that has proven itself by a certificate, in its own name: for a token of this server's own API, and nothing else.</summary>
    public static Client Of(CallingOrganization organization, ClientKey certificate) => new()
    {
        Id = OwnScopes.ClientId,
        ClientId = OwnScopes.ClientId,
        ConcurrencyToken = "",
        IsPublic = false,
        GrantTypes = FrozenSet.Create(StringComparer.Ordinal, Protocol.GrantTypes.JwtBearer),
        Lifetimes = new TokenLifetimes(default, TimeSpan.FromMinutes(15), default, null, default, default),
        Organization = organization,
        Key = certificate,
    };

    /// <summary>When what would end then ends, as nothing outlives the key that it came by.</summary>
    public DateTimeOffset EndOf(DateTimeOffset end) => Key?.ExpiresAt < end ? Key.ExpiresAt.Value : end;

    public bool MayUse(string grantType) => GrantTypes.Contains(grantType);

    /// <summary>Whether somebody vouches for who it is: a secret, a key, or an https address that only its owner can answer at.
    /// A public client on loopback or a private-use scheme can be imitated by any program, so its consent is never remembered.</summary>
    public bool IdentityIsAssured(string redirectUri) => !IsPublic || redirectUri.StartsWith("https://", StringComparison.Ordinal);
}

/// <summary>An organization that calls by no application.</summary>
/// <param name="Id"><c>acct_…</c></param>
/// <param name="UserId">Whom its acts are told of in the trail.</param>
public sealed record CallingOrganization(string Id, string UserId);
