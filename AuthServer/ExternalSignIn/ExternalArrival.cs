using AuthServer.Vault.Secrets;

namespace AuthServer.ExternalSignIn;

/// <summary>Somebody whom a provider vouches for and nobody here knows: it waits a quarter of an hour for a person to say who they are here.</summary>
public sealed class ExternalArrival
{
    /// <summary>Of the handle in the page's address, Base64 of its SHA-256.</summary>
    public string Id { get; set; } = "";

    /// <summary>The browser that it belongs to.</summary>
    public string BrowserHash { get; set; } = "";

    /// <summary>The only person who may link it; null: whoever is signed in.</summary>
    public string? UserId { get; set; }

    public string Provider { get; set; } = "";

    public string Issuer { get; set; } = "";

    public string Subject { get; set; } = "";

    public string? Email { get; set; }

    /// <summary>Whether the provider says that the address is this person's.</summary>
    public bool EmailVerified { get; set; }

    public string? Name { get; set; }

    /// <summary>When the person signed in there; null: it does not say.</summary>
    public DateTimeOffset? ShownAt { get; set; }

    /// <summary>What a connection may keep if the person agrees, sealed; null: nothing is to be kept.</summary>
    public string? Tokens { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public SecretPlace TokensPlace => new("ExternalArrivals", nameof(Tokens), Id);
}
