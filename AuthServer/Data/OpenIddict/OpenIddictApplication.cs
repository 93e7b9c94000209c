namespace AuthServer.Data.OpenIddict;

/// <summary>An OAuth client, in the columns that OpenIddict gives it. Lists and objects are JSON text.</summary>
public sealed class OpenIddictApplication
{
    public string Id { get; set; } = "";

    /// <summary><c>web</c> or <c>native</c>.</summary>
    public string? ApplicationType { get; set; }

    public string? ClientId { get; set; }

    /// <summary>The hash, in OpenIddict's format.</summary>
    public string? ClientSecret { get; set; }

    /// <summary><c>public</c> or <c>confidential</c>.</summary>
    public string? ClientType { get; set; }

    public string? ConcurrencyToken { get; set; }

    /// <summary><c>explicit</c>, <c>external</c>, <c>implicit</c> or <c>systematic</c>.</summary>
    public string? ConsentType { get; set; }

    public string? DisplayName { get; set; }

    public string? DisplayNames { get; set; }

    public string? JsonWebKeySet { get; set; }

    public string? Permissions { get; set; }

    public string? PostLogoutRedirectUris { get; set; }

    public string? Properties { get; set; }

    public string? RedirectUris { get; set; }

    public string? Requirements { get; set; }

    public string? Settings { get; set; }
}
