using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace AuthServer.Protocol.Tokens;

/// <summary>Scope values: the ones the standards define, and how a list of them is written (RFC 6749 §3.3).</summary>
public static class ScopeNames
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";
    public const string Address = "address";
    public const string Phone = "phone";
    public const string OfflineAccess = "offline_access";

    private const int LongestList = 4096;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    /// <summary>OIDC Core §5.4, §11: scopes about the person, which mean nothing to a client that acts for itself.</summary>
    public static IReadOnlyList<string> OfPeople { get; } = [OpenId, Profile, Email, Address, Phone, OfflineAccess];

    /// <summary>Whether this is one scope, written as one string.</summary>
    public static bool IsOne([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= LongestList } && text.AsSpan().IndexOfAnyExcept(Allowed) < 0;

    /// <summary>The distinct scopes in order; null when the list is malformed.</summary>
    public static IReadOnlyList<string>? Parse(string list)
    {
        if (list.Length > LongestList)
        {
            return null;
        }

        var scopes = list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return scopes.Length > 0 && scopes.All(scope => scope.AsSpan().IndexOfAnyExcept(Allowed) < 0)
            ? [.. scopes.Distinct(StringComparer.Ordinal)]
            : null;
    }

    public static string Join(IReadOnlyList<string> scopes) => string.Join(' ', scopes);
}
