namespace AuthServer.Protocol.Tokens;

/// <summary>Scopes of this server's own REST API that only its own sign-in gives: no application can be registered with them.</summary>
public static class OwnScopes
{
    /// <summary>The <c>client_id</c> of tokens that people get from this server itself.</summary>
    public const string ClientId = "authserver";

    /// <summary>A person's own consents, trail and account.</summary>
    public const string Account = "account";

    /// <summary>An organization, within the person's role in it.</summary>
    public const string Organization = "organization";

    public static IReadOnlyList<string> All { get; } = [Account, Organization];
}
