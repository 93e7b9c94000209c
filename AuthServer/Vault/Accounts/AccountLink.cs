using AuthServer.Vault.Secrets;

namespace AuthServer.Vault.Accounts;

/// <summary>One attempt to link an account: a link that is opened once, a way to the provider and back, and what came of it until somebody confirms it.
/// The account itself is not touched before.</summary>
public sealed class AccountLink
{
    public const string IdPrefix = "clk_";

    /// <summary><c>clk_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    public string ConnectionId { get; set; } = "";

    /// <summary>Whose account it is to be, as of <see cref="ConnectedAccount"/>.</summary>
    public string Identifier { get; set; } = "";

    public string IdentifierType { get; set; } = "";

    /// <summary>The owner where it is a person of ours: nobody else may come back.</summary>
    public string? UserId { get; set; }

    /// <summary>The agent that asks for it, <c>agt_…</c>.</summary>
    public string? AgentId { get; set; }

    public LinkOrigin Origin { get; set; }

    /// <summary>Whether another account at the provider may take the place of the one that is known.</summary>
    public bool Replaces { get; set; }

    public LinkStage Stage { get; set; }

    /// <summary>Base64 of the SHA-256 of the link's token.</summary>
    public string HandleHash { get; set; } = "";

    /// <summary>Of the browser that opened it first.</summary>
    public string? BrowserHash { get; set; }

    /// <summary>Of the state that went to the provider.</summary>
    public string? StateHash { get; set; }

    /// <summary>Of our own code that the customer's backend redeems.</summary>
    public string? CodeHash { get; set; }

    /// <summary>The PKCE verifier, sealed.</summary>
    public string? Verifier { get; set; }

    /// <summary>What is required: a JSON list.</summary>
    public string Scopes { get; set; } = "[]";

    /// <summary>What may be left out: a JSON list.</summary>
    public string OptionalScopes { get; set; } = "[]";

    /// <summary>Where the browser goes in the end; null: it stays here.</summary>
    public string? RedirectUri { get; set; }

    /// <summary>The customer's own state, which goes along.</summary>
    public string? ClientState { get; set; }

    /// <summary>What the provider gave and nobody confirmed yet: a sealed <see cref="TokenSet"/>.</summary>
    public string? Tokens { get; set; }

    /// <summary>As of <see cref="ConnectedAccount"/>.</summary>
    public string? GrantedScopes { get; set; }

    /// <summary>As of <see cref="ConnectedAccount"/>.</summary>
    public string? ProviderAccount { get; set; }

    public string? ProviderName { get; set; }

    /// <summary>Why it failed, as a code of the vault's one list; null: it did not.</summary>
    public string? Fault { get; set; }

    /// <summary>The provider's own word for that.</summary>
    public string? ProviderCode { get; set; }

    /// <summary>The request in which it failed.</summary>
    public string? CorrelationId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>What waits at its stage until then is void afterwards.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public SecretPlace TokensPlace => new("AccountLinks", nameof(Tokens), Id);

    public SecretPlace VerifierPlace => new("AccountLinks", nameof(Verifier), Id);
}

/// <summary>Who began it.</summary>
public enum LinkOrigin
{
    /// <summary>The organization, by its API.</summary>
    Api,

    /// <summary>The owner, who was signed in.</summary>
    Person,

    /// <summary>Whoever opened an address: nobody vouches for the identifier in it.</summary>
    Anybody,
}

public enum LinkStage
{
    Made,

    /// <summary>In one browser, which it belongs to from then on.</summary>
    Opened,

    /// <summary>The browser is at the provider.</summary>
    Sent,

    /// <summary>It came back, and the code is being redeemed.</summary>
    Returned,

    /// <summary>Granted, and to be confirmed by the customer's backend.</summary>
    Waiting,
    Done,
    Failed,

    /// <summary>Granted, and its person has to say with which of several instances it works.</summary>
    Choosing,
}
