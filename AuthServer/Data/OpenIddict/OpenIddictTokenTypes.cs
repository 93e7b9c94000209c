namespace AuthServer.Data.OpenIddict;

/// <summary>The vocabulary of OpenIddictTokens.Type, as far as this server stores tokens.</summary>
public static class OpenIddictTokenTypes
{
    public const string AuthorizationCode = "urn:openiddict:params:oauth:token-type:authorization_code";
    public const string RefreshToken = "urn:ietf:params:oauth:token-type:refresh_token";
}
