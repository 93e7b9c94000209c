namespace AuthServer.Protocol.Authorize;

/// <summary>Authentication context classes (OIDC Core §2 <c>acr</c>) that a sign-in can reach here.</summary>
public static class Acr
{
    public const string Password = "urn:authserver:acr:password";

    public static IReadOnlyList<string> All { get; } = [Password];
}
