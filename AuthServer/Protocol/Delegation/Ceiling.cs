using System.Text.Json;
using System.Text.RegularExpressions;

namespace AuthServer.Protocol.Delegation;

/// <summary>How much may be used in all, by the word of whoever keeps the account.</summary>
/// <param name="Currency">The only one that counts, ISO 4217; null: amounts count whatever their currency.</param>
/// <param name="WindowSeconds">In any span of that length; null: ever.</param>
public sealed partial record Ceiling(decimal Max, string? Currency = null, int? WindowSeconds = null)
{
    private const int LongestWindow = 366 * 24 * 60 * 60;

    /// <summary>A number, or a budget's <c>{"max":500,"currency":"EUR","window_seconds":86400}</c>. Null: neither.</summary>
    internal static Ceiling? Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return json.TryGetDecimal(out var number) && number >= 0 ? new Ceiling(number) : null;
        }

        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("max", out var max) || max.ValueKind != JsonValueKind.Number || Read(max) is not { } read)
        {
            return null;
        }

        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "max":
                    break;
                case "currency" when member.Value.ValueKind == JsonValueKind.String && CurrencyCode().IsMatch(member.Value.GetString()!):
                    read = read with { Currency = member.Value.GetString() };
                    break;
                case "window_seconds" when member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var seconds) && seconds is > 0 and <= LongestWindow:
                    read = read with { WindowSeconds = seconds };
                    break;
                default:
                    return null;
            }
        }

        return read;
    }

    /// <summary>Whether nothing fits in here that does not fit there: a longer window lets through less.</summary>
    internal bool IsWithin(Ceiling other) =>
        Max <= other.Max && (other.Currency is null || other.Currency == Currency) && (WindowSeconds ?? int.MaxValue) >= (other.WindowSeconds ?? int.MaxValue);

    [GeneratedRegex(@"\A[A-Z]{3}\z")]
    private static partial Regex CurrencyCode();
}
