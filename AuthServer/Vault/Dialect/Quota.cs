using System.Globalization;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What a provider said of how many calls are left.</summary>
/// <param name="Limit">How many there are in all; null: it does not say.</param>
/// <param name="ResetsAt">When there are more again; null: it does not say.</param>
public sealed record Quota(long? Limit, long Left, DateTimeOffset? ResetsAt)
{
    // What is larger than that is no count of calls.
    private const long Most = 1_000_000_000_000;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>By the headers that the provider's definition names; null: they say nothing.</summary>
    public static Quota? Read(RateLimitRules rules, Func<string, string?> header, DateTimeOffset now)
    {
        string? Value(string? name) => name is null ? null : header(name);
        if (Value(rules.Usage) is { } usage && usage[(usage.LastIndexOf('=') + 1)..].Split('/') is [var used, var all] && Count(used) is { } spent && Count(all) is { } limit)
        {
            return new Quota(limit, Math.Max(0, limit - spent), ResetOf(rules, Value(rules.Reset), now));
        }

        return Count(Value(rules.Remaining)) is { } left ? new Quota(Count(Value(rules.Limit)), left, ResetOf(rules, Value(rules.Reset), now)) : null;
    }

    /// <summary>What a value begins with: some say more behind it.</summary>
    private static long? Count(string? text)
    {
        var digits = new string([.. (text ?? "").Trim().TakeWhile(char.IsAsciiDigit)]);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= Most ? count : null;
    }

    private static DateTimeOffset? ResetOf(RateLimitRules rules, string? text, DateTimeOffset now)
    {
        if (!double.TryParse(text?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var seconds = rules.ResetUnit is ResetUnit.Milliseconds or ResetUnit.EpochMilliseconds ? number / 1000 : number;
        var since = rules.ResetUnit is ResetUnit.EpochSeconds or ResetUnit.EpochMilliseconds ? seconds - now.ToUnixTimeSeconds() : seconds;
        return since >= 0 && since <= Longest.TotalSeconds ? DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + (long)Math.Ceiling(since)) : null;
    }
}
