using System.Data.Common;

namespace AuthServer.Configuration;

/// <summary>Which settings may be shown. What nobody has said of that it may be is masked where it looks like a secret, and where the server does not know it.</summary>
internal static class SecretKeys
{
    public const string Mask = "••••••••";

    private static readonly string[] Suspicious = ["secret", "password", "passwd", "pwd", "token", "key", "credential", "private", "jwk", "command", "connectionstring", "authorit", "auth", "cert", "pin", "salt", "sas"];

    // They look like secrets, and are none.
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "Keys:Directory", "Keys:RotateEvery", "Keys:PublishAhead", "Tokens:Code", "Tokens:AccessToken", "Tokens:IdToken", "Tokens:RefreshIdle", "Tokens:RefreshAbsolute", "Tokens:RefreshGrace",
        "Tokens:Consent", "Tokens:Session", "Tokens:DPoP:RequireNonce", "Tokens:DPoP:ProofLifetime", "Tokens:DPoP:NonceLifetime", "RateLimits:PerKey", "Outbound:AllowedPrivateHosts",
        "Webhooks:AllowedPrivateHosts",
    };

    // Of a connection string: all that is not here is masked.
    private static readonly HashSet<string> OpenParts = new(StringComparer.OrdinalIgnoreCase) { "data source", "host", "server", "port", "database", "ssl mode", "maximum pool size", "minimum pool size", "pooling", "cache", "mode" };

    /// <param name="path">Below <c>AuthServer:</c>.</param>
    /// <param name="isKnown">Whether the server has such a setting.</param>
    public static string Shown(string path, string value, bool isKnown)
    {
        if (value.Length == 0)
        {
            return value;
        }

        if (path.Equals("Database:ConnectionString", StringComparison.OrdinalIgnoreCase) && !IsReference(value))
        {
            return Connection(value);
        }

        return !IsHarmless(path) && (!isKnown || Suspicious.Any(word => path.Contains(word, StringComparison.OrdinalIgnoreCase))) ? IsReference(value) ? value : Mask : WithoutUser(value);
    }

    /// <summary>The place of a secret says nothing of it.</summary>
    private static bool IsReference(string value) => value.StartsWith("file:", StringComparison.Ordinal) || value.StartsWith("env:", StringComparison.Ordinal);

    private static bool IsHarmless(string path) => Harmless.Contains(path) || Harmless.Contains(path[..Math.Max(0, path.LastIndexOf(':'))]) && path[(path.LastIndexOf(':') + 1)..].All(char.IsAsciiDigit);

    private static string Connection(string value)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = value };
            return string.Join("; ", parts.Keys.Cast<string>().Select(name => $"{name}={(OpenParts.Contains(name) ? parts[name] : Mask)}"));
        }
        catch (ArgumentException)
        {
            return Mask;
        }
    }

    /// <summary>An address may hold a name and a password.</summary>
    private static string WithoutUser(string value)
    {
        var (scheme, at) = (value.IndexOf("://", StringComparison.Ordinal), value.LastIndexOf('@'));
        return scheme >= 0 && at > scheme ? $"{value[..(scheme + 3)]}{Mask}{value[at..]}" : value;
    }
}
