using System.Text.Json;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>How a provider's scopes are written: in full as it spells them, short for people, and what was granted against what was asked.</summary>
public static class ScopeSpelling
{
    /// <summary>As the provider spells it. One that it describes, or that is no short name, stays as it is.</summary>
    public static string Full(ScopeRules rules, string scope) =>
        rules.Prefix is { } prefix && !scope.Contains(':', StringComparison.Ordinal) && !IsKnown(rules, scope) ? prefix + scope : scope;

    /// <summary>Without what all of this provider's have in common.</summary>
    public static string Short(ScopeRules rules, string scope) =>
        rules.Prefix is { } prefix && scope.Length > prefix.Length && scope.StartsWith(prefix, StringComparison.Ordinal) ? scope[prefix.Length..] : scope;

    /// <summary>What is asked for: the wanted scopes, and what the account's identity and its refresh token need.</summary>
    public static IReadOnlyList<string> Asked(OAuthRules oauth, IReadOnlyList<string> wanted)
    {
        if (!oauth.Scopes.Sent)
        {
            return wanted;
        }

        IEnumerable<string> needed = [.. oauth.Scopes.Identity, .. oauth.Refresh.NeedsScope is { } refresh && oauth.Refresh.Mode != RefreshMode.Never ? [refresh] : Array.Empty<string>()];
        return [.. wanted.Concat(needed).Distinct(StringComparer.Ordinal)];
    }

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
        return [.. wanted.Where(scope => !has.Contains(Bare(oauth.Scopes, scope)) && !IsForSignIn(oauth, scope))];
    }

    private static bool IsKnown(ScopeRules rules, string scope) =>
        rules.Known.Any(known => known.Name == scope) || rules.Identity.Contains(scope) || rules.Default.Contains(scope);

    private static bool IsForSignIn(OAuthRules oauth, string scope) => oauth.Scopes.Identity.Contains(scope) || scope == oauth.Refresh.NeedsScope
        || scope is "openid" or "profile" or "email" or "offline_access";

    private static string Bare(ScopeRules rules, string scope) => Short(rules, scope) is var name && Uri.TryCreate(name, UriKind.Absolute, out var uri) && uri.Scheme is "https"
        ? uri.AbsolutePath.Split('/')[^1] is { Length: > 0 } last ? last : name
        : name;

    // A comma in one that is separated by spaces, and the reverse, is no scope anywhere.
    private static IReadOnlyList<string> Split(ScopeRules rules, string text) =>
        [.. text.Split([rules.AnswerSeparator, ",", " "], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
