namespace AuthServer.Data.OpenIddict;

/// <summary>A scope, in the columns that OpenIddict gives it.</summary>
public sealed class OpenIddictScope
{
    public string Id { get; set; } = "";

    public string? ConcurrencyToken { get; set; }

    public string? Description { get; set; }

    public string? Descriptions { get; set; }

    public string? DisplayName { get; set; }

    public string? DisplayNames { get; set; }

    public string? Name { get; set; }

    public string? Properties { get; set; }

    /// <summary>A JSON array.</summary>
    public string? Resources { get; set; }
}
