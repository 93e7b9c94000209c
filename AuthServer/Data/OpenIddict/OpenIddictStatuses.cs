namespace AuthServer.Data.OpenIddict;

/// <summary>The vocabulary of the Status columns.</summary>
public static class OpenIddictStatuses
{
    public const string Inactive = "inactive";
    public const string Redeemed = "redeemed";
    public const string Rejected = "rejected";
    public const string Revoked = "revoked";
    public const string Valid = "valid";
}
