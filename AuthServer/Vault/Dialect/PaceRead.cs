using System.Globalization;
using System.Text.Json;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>How long a provider that says that there were too many calls wants its callers to wait, in its own way to say so.</summary>
public static class PaceRead
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Whether an answer of this status may say it in its body.</summary>
    public static bool NeedsBody(RateLimitRules rules, int status) => rules.RetryAfterPath is not null && rules.Rules.Any(rule => rule.Statuses.Count == 0 || rule.Statuses.Contains(status));

    /// <summary>By its header, else by its body, else as its definition says; null: nothing says it.</summary>
    public static TimeSpan? WaitOf(RateLimitRules rules, Func<string, string?> header, JsonElement? body, DateTimeOffset now) =>
        OfHeader(header(rules.RetryAfter), now) ?? SecondsOf(ValuePath.FindText(body, rules.RetryAfterPath)) ?? (rules.WaitSeconds is { } usual ? TimeSpan.FromSeconds(usual) : null);

    /// <summary>RFC 9110 §10.2.3: seconds, or a date.</summary>
    private static TimeSpan? OfHeader(string? text, DateTimeOffset now) => SecondsOf(text)
        ?? (DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) && until > now && until - now < Longest ? until - now : null);

    private static TimeSpan? SecondsOf(string? text) =>
        double.TryParse(text?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 && seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
}
