namespace AuthServer.Protocol.Authorize;

/// <summary>Authentication context classes (OIDC Core §2 <c>acr</c>) that a sign-in can reach here.</summary>
public static class Acr
{
    public const string Password = "urn:authserver:acr:password";

    /// <summary>Another OpenID provider vouched for the person: how they showed there that it is them is not known here.</summary>
    public const string External = "urn:authserver:acr:external";

    /// <summary>Two factors: a code of an authenticator app, or a recovery code, after the password or after another provider's word.</summary>
    public const string TwoFactors = "urn:authserver:acr:mfa";

    /// <summary>A passkey that made sure of its person: two factors that nobody can be tricked into giving to another site.</summary>
    public const string Passkey = "urn:authserver:acr:passkey";

    // From weak to strong; another provider's word is beside them.
    private static readonly string[] Ladder = [Password, TwoFactors, Passkey];

    public static IReadOnlyList<string> All { get; } = [Password, External, TwoFactors, Passkey];

    public static bool IsStrong(string? acr) => acr is TwoFactors or Passkey;

    /// <summary>The first of what a client asks for that this context is, or is stronger than; null: none of it.</summary>
    public static string? Satisfied(IEnumerable<string> asked, string reached) =>
        asked.FirstOrDefault(acr => acr == reached || (Ladder.Contains(acr) && Array.IndexOf(Ladder, reached) >= Array.IndexOf(Ladder, acr)));

    /// <summary>Whether somebody can reach one of these by signing in once more.</summary>
    public static bool CanReach(IEnumerable<string> asked, Factors factors) => asked.Any(acr => acr switch
    {
        Password => true,
        TwoFactors => factors != Factors.None,
        Passkey => factors.HasFlag(Factors.Passkey),
        _ => false,
    });
}
