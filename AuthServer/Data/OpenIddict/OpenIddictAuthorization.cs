namespace AuthServer.Data.OpenIddict;

/// <summary>What was granted to a client, in the columns that OpenIddict gives it.</summary>
public sealed class OpenIddictAuthorization
{
    public string Id { get; set; } = "";

    public string? ApplicationId { get; set; }

    public string? ConcurrencyToken { get; set; }

    /// <summary>UTC.</summary>
    public DateTime? CreationDate { get; set; }

    public string? Properties { get; set; }

    /// <summary>A JSON array.</summary>
    public string? Scopes { get; set; }

    /// <summary><c>valid</c> or <c>revoked</c>.</summary>
    public string? Status { get; set; }

    public string? Subject { get; set; }

    /// <summary><c>permanent</c> (remembered) or <c>ad-hoc</c> (for one flow).</summary>
    public string? Type { get; set; }
}
