using System.Text.Json;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What is asked of a provider, and what was granted against that.</summary>
public static class ScopeGrants
{
    // Their answer to these is the ID token and the refresh token, and not always their name.
    private static readonly string[] OfSignIn = ["openid", "profile", "email", "offline_access"];

    /// <summary>What is asked for: the wanted scopes, and what the account's identity and its refresh token need.</summary>
    public static IReadOnlyList<string> Asked(OAuthRules oauth, IReadOnlyList<string> wanted) => oauth.Scopes.Sent
        ? [.. wanted.Concat(oauth.Scopes.Identity).Concat(RefreshScope(oauth)).Distinct(StringComparer.Ordinal)]
        : wanted;

    /// <summary>Scopes in a token answer: a text, or a list; null: it does not say.</summary>
    public static IReadOnlyList<string>? Granted(ScopeRules rules, JsonElement? answer, string? path) => ValuePath.Find(answer, path) switch
    {
        { ValueKind: JsonValueKind.String } text => Split(rules, text.GetString()!),
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(ValuePath.Text).OfType<string>().Distinct(StringComparer.Ordinal)],
        _ => null,
    };

    /// <summary>What was wanted and is not among what was granted. Some providers answer with short names, in another case, or without those of the sign-in.</summary>
    public static IReadOnlyList<string> Missing(OAuthRules oauth, IReadOnlyList<string> wanted, IReadOnlyList<string>? granted)
    {
        if (granted is null || !oauth.Scopes.Sent)
        {
            return [];
        }

        var has = granted.Select(scope => Bare(oauth.Scopes, scope)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. wanted.Where(scope => !has.Contains(Bare(oauth.Scopes, scope)) && !IsOfSignIn(oauth, scope))];
    }

    private static IEnumerable<string> RefreshScope(OAuthRules oauth) =>
        oauth.Refresh.NeedsScope is { } scope && oauth.Refresh.Mode != RefreshMode.Never ? [scope] : [];

    private static bool IsOfSignIn(OAuthRules oauth, string scope) =>
        oauth.Scopes.Identity.Contains(scope) || scope == oauth.Refresh.NeedsScope || OfSignIn.Contains(scope);

    // Microsoft asks for Mail.Read and answers with https://graph.microsoft.com/Mail.Read.
    private static string Bare(ScopeRules rules, string scope)
    {
        var name = rules.Shortened(scope);
        return name.StartsWith("https://", StringComparison.Ordinal) && name.TrimEnd('/').LastIndexOf('/') is > 7 and var last ? name.TrimEnd('/')[(last + 1)..] : name;
    }

    // Some answer otherwise than they say: neither a comma nor a space is part of any scope.
    private static IReadOnlyList<string> Split(ScopeRules rules, string text) =>
        [.. text.Split([rules.AnswerSeparator, ",", " "], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
