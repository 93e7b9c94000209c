using System.Globalization;
using System.Text.Json;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>A rule as a sentence that holds or does not; where it is not filled in yet, what kind it is.</summary>
internal static class RuleSentence
{
    /// <param name="rule">As it is stored, or as it is being written: nothing in it is sure.</param>
    public static string Of(JsonElement rule)
    {
        var type = rule.ValueKind == JsonValueKind.Object && rule.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
        var config = type.Length > 0 && rule.TryGetProperty("config", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        return Say(type, name => Text(config, name)) ?? T("{0}: not filled in yet.", RuleWords.Title(type));
    }

    private static string? Say(string type, Func<string, string?> at) => type switch
    {
        "rate_limit" => at("maxRequests") is { } most && Span(at("windowSeconds")) is { } span ? Rate(Number(most), span, at("scope")) : null,
        "budget" => at("maxAmount") is { } most && Span(at("windowSeconds")) is { } span ? Amount($"{most} {at("currency")}".TrimEnd(), span, at("scope")) : null,
        "time_window" => at("allowedDays") is { } days && at("startTimeUtc") is { } start && at("endTimeUtc") is { } end
            ? T("It is between {0} and {1} in {2}, on these days: {3}.", start, end, at("timezone") ?? "UTC", Days(days)) : null,
        "period" => (Moment(at("notBefore")), Moment(at("notAfter"))) switch
        {
            ({ } from, { } until) => T("It is not before {0} and not after {1}.", from, until),
            ({ } from, null) => T("It is not before {0}.", from),
            (null, { } until) => T("It is not after {0}.", until),
            _ => null,
        },
        "action_allowlist" => at("actions") is { } some ? T("The action is one of these: {0}.", some) : null,
        "action_blocklist" => at("actions") is { } some ? T("The action is none of these: {0}.", some) : null,
        "ip_allowlist" => at("cidrs") is { } networks ? T("The call comes from one of these networks: {0}.", networks) : null,
        "require_approval" => at("actions") is { } some ? T("A person has approved it, for these actions: {0}.", some) : T("A person has approved it."),
        "max_risk" => at("level") is { } level ? T("The risk of the action is known, and not above this: {0}.", RuleWords.Word(level)) : null,
        "expires_after" => Moment(at("at")) is { } end ? T("It is not after {0}.", end)
            : Span(at("seconds")) is { } life ? T("The person agreed less than this ago: {0}.", life) : null,
        _ => null,
    };

    private static string Rate(object most, string span, string? scope) => scope switch
    {
        "per_user" => most is 1L ? T("At most one request within {0}, counted for each person.", span) : T("At most {0} requests within {1}, counted for each person.", most, span),
        "per_agent" => most is 1L ? T("At most one request within {0}, counted for each agent.", span) : T("At most {0} requests within {1}, counted for each agent.", most, span),
        _ => most is 1L ? T("At most one request within {0}, counted for all together.", span) : T("At most {0} requests within {1}, counted for all together.", most, span),
    };

    private static string Amount(string most, string span, string? scope) => scope switch
    {
        "per_user" => T("Amounts sum up to at most {0} within {1}, counted for each person.", most, span),
        "per_agent" => T("Amounts sum up to at most {0} within {1}, counted for each agent.", most, span),
        _ => T("Amounts sum up to at most {0} within {1}, counted for all together.", most, span),
    };

    private static string Days(string days)
    {
        int[] all = [.. days.Split(", ").Select(day => int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(day => day is >= 1 and <= 7).Distinct().Order()];
        return all is [var first, _, .., var last] && last - first == all.Length - 1
            ? T("{0} to {1}", RuleWords.Day(first), RuleWords.Day(last))
            : string.Join(", ", all.Select(RuleWords.Day));
    }

    // Rounded to what a person would say only where that is exact.
    private static string? Span(string? seconds)
    {
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) || whole is 0 or > 10_000_000_000)
        {
            return null;
        }

        return whole switch
        {
            _ when whole % 86400 == 0 => Count(whole / 86400, "{0} day", "{0} days"),
            _ when whole % 3600 == 0 => Count(whole / 3600, "{0} hour", "{0} hours"),
            _ when whole % 60 == 0 => Count(whole / 60, "{0} minute", "{0} minutes"),
            _ => Count(whole, "{0} second", "{0} seconds"),
        };
    }

    private static object Number(string number) => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : number;

    private static string? Moment(string? text) =>
        text is null ? null : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? Durations.Moment(at) : text;

    private static string? Text(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out var value) ? Text(value) is { Length: > 0 } text ? text : null : null;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
