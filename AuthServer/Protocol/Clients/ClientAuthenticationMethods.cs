namespace AuthServer.Protocol.Clients;

/// <summary>RFC 7591 §2 <c>token_endpoint_auth_method</c> values that are supported.</summary>
public static class ClientAuthenticationMethods
{
    public const string None = "none";
    public const string Basic = "client_secret_basic";
    public const string Post = "client_secret_post";
    public const string PrivateKeyJwt = "private_key_jwt";

    public static IReadOnlyList<string> All { get; } = [None, Basic, Post, PrivateKeyJwt];
}
