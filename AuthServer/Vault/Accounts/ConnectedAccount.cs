using AuthServer.Vault.Secrets;

namespace AuthServer.Vault.Accounts;

/// <summary>The link between somebody, by the customer's own name, and their account at a provider.</summary>
public sealed class ConnectedAccount
{
    public const string IdPrefix = "ca_";
    public const string TokenIdPrefix = "oat_";

    /// <summary><c>ca_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    public string ConnectionId { get; set; } = "";

    /// <summary>The customer's own name of whose account it is.</summary>
    public string Identifier { get; set; } = "";

    /// <summary><c>user_id</c>, <c>org_id</c> or another word of the customer's; an account of an <c>org_id</c> serves every member.</summary>
    public string IdentifierType { get; set; } = "";

    /// <summary>The owner where it is a person of ours, <c>usr_…</c>.</summary>
    public string? UserId { get; set; }

    public AccountStatus Status { get; set; }

    /// <summary>Why it is not active, as a code of the vault's one list of faults.</summary>
    public string? Fault { get; set; }

    /// <summary>How calls fare, apart from the status: a provider's outage never ends an account.</summary>
    public AccountHealth Health { get; set; }

    /// <summary>Whether it was made sure that who came back from the provider is its owner.</summary>
    public bool IsVerified { get; set; }

    /// <summary>A sealed <see cref="TokenSet"/>; null: none was given yet, or it was ended.</summary>
    public string? Tokens { get; set; }

    /// <summary>Scopes that the provider granted: a JSON list. Null: it does not say.</summary>
    public string? GrantedScopes { get; set; }

    /// <summary>Scopes that were asked for the last time: a JSON list. Null: it was never linked.</summary>
    public string? AskedScopes { get; set; }

    /// <summary>Whose account it is there, by the provider's own key; a re-authorization must bring the same.</summary>
    public string? ProviderAccount { get; set; }

    /// <summary>How the provider's account is called, for people.</summary>
    public string? ProviderName { get; set; }

    /// <summary>When the access token expires; null: never, or nobody knows.</summary>
    public DateTimeOffset? AccessExpiresAt { get; set; }

    /// <summary>When the engine looks at it next; null: never by itself.</summary>
    public DateTimeOffset? RefreshAt { get; set; }

    public DateTimeOffset? LastRefreshedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>When it was linked the last time; null: never.</summary>
    public DateTimeOffset? ConnectedAt { get; set; }

    /// <summary>Refreshes that failed since the last that did not.</summary>
    public int Failures { get; set; }

    /// <summary>Who refreshes it now, and until when nobody else may.</summary>
    public string? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>The refresh token that was sent last, as SHA-256, and when: written before the call.</summary>
    public string? AttemptOf { get; set; }

    public DateTimeOffset? AttemptAt { get; set; }

    /// <summary>How often it was sent without an answer that is known.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>One more each time its tokens or its status change: who saves must still hold the one it read.</summary>
    public int Version { get; set; }

    public SecretPlace TokensPlace => new("ConnectedAccounts", nameof(Tokens), Id);
}

public enum AccountStatus
{
    /// <summary>A link was made; nobody finished it, or it is not verified who did.</summary>
    Pending,
    Active,

    /// <summary>Needs its owner: the refresh token is dead by time, or there is none.</summary>
    Expired,

    /// <summary>By its owner, the provider or us.</summary>
    Revoked,

    /// <summary>Our configuration, or a failure that nobody knows.</summary>
    Error,
}

public enum AccountHealth
{
    Healthy,
    Degraded,
    Failing,
}
