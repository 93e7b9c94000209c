namespace AuthServer.Protocol;

/// <summary>The wire's <c>grant_type</c> values.</summary>
public static class GrantTypes
{
    public const string AuthorizationCode = "authorization_code";
    public const string ClientCredentials = "client_credentials";
    public const string RefreshToken = "refresh_token";
}
