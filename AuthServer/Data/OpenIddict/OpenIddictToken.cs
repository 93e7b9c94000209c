namespace AuthServer.Data.OpenIddict;

/// <summary>A stored code or token, in the columns that OpenIddict gives it.</summary>
public sealed class OpenIddictToken
{
    public string Id { get; set; } = "";

    public string? ApplicationId { get; set; }

    public string? AuthorizationId { get; set; }

    public string? ConcurrencyToken { get; set; }

    /// <summary>UTC, as are the other dates.</summary>
    public DateTime? CreationDate { get; set; }

    public DateTime? ExpirationDate { get; set; }

    /// <summary>Our record of it as JSON; never the secret.</summary>
    public string? Payload { get; set; }

    public string? Properties { get; set; }

    public DateTime? RedemptionDate { get; set; }

    /// <summary>Base64 of the SHA-256 of the value given to the client.</summary>
    public string? ReferenceId { get; set; }

    public string? Status { get; set; }

    public string? Subject { get; set; }

    public string? Type { get; set; }
}
