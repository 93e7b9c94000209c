using System.Globalization;
using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>Only at these times of these days, by the clocks of one place.</summary>
/// <param name="AllowedDays">The days on which the window begins: ISO 8601, 1 is Monday.</param>
/// <param name="Start">Minutes after midnight.</param>
/// <param name="End">Minutes after midnight, not within; before the start: it lies on the next day.</param>
public sealed record TimeWindow(IReadOnlyList<int> AllowedDays, int Start, int End, TimeZoneInfo Zone) : PolicyRule
{
    private const int Midnight = 24 * 60;

    internal static readonly RuleType Syntax = new(
        "time_window",
        "Allows requests only between two times of the listed days. An end before the start lies on the next day; the day is the one on which the window began.",
        InDenyPolicies: true,
        [
            new("allowedDays", "a list of days, 1 (Monday) to 7 (Sunday)", Value: RuleValue.Numbers),
            new("startTimeUtc", "HH:mm, by the clocks of timezone"),
            new("endTimeUtc", "HH:mm, by the clocks of timezone, up to 24:00; not the start"),
            new("timezone", "an IANA name, such as UTC or Europe/Berlin; daylight saving is kept"),
        ],
        """{"allowedDays":[1,2,3,4,5],"startTimeUtc":"09:00","endTimeUtc":"17:00","timezone":"UTC"}""")
    {
        Read = Read,
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action)
    {
        var local = TimeZoneInfo.ConvertTime(input.Now, Zone);
        var minute = (local.Hour * 60) + local.Minute;
        var today = local.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)local.DayOfWeek;
        var inside = Start < End
            ? minute >= Start && minute < End && AllowedDays.Contains(today)
            : (minute >= Start && AllowedDays.Contains(today)) || (minute < End && AllowedDays.Contains(today == 1 ? 7 : today - 1));
        return inside
            ? RuleAnswer.Holds
            : RuleAnswer.Fails(PolicyReasons.OutsideTimeWindow, Sentence.Of("it allows this from {0} to {1} ({2}) on some days, and not now", Text(Start), Text(End), Zone.Id));
    }

    internal override void Write(Utf8JsonWriter config)
    {
        config.WriteStartArray("allowedDays");
        foreach (var day in AllowedDays)
        {
            config.WriteNumberValue(day);
        }

        config.WriteEndArray();
        config.WriteString("startTimeUtc", Text(Start));
        config.WriteString("endTimeUtc", Text(End));
        config.WriteString("timezone", Zone.Id);
    }

    private static TimeWindow? Read(RuleReader reader)
    {
        var days = reader.List<int>(
            "allowedDays", IsDay, "must be a day from 1 (Monday) to 7 (Sunday).");
        var start = reader.Text("startTimeUtc", text => Minutes(text, Midnight - 1), "must be a time such as 09:00.");
        var end = reader.Text("endTimeUtc", text => Minutes(text, Midnight), "must be a time such as 17:00.");
        var zone = reader.Text("timezone") is not { } name ? null
            : TimeZones.Find(name) ?? reader.Refuse<TimeZoneInfo>("timezone", "must be an IANA name such as UTC or Europe/Berlin.");
        if (start is not null && start == end)
        {
            return reader.Refuse<TimeWindow>("endTimeUtc", "must not be the start: no time lies between them.");
        }

        return days is null || start is null || end is null || zone is null ? null : new TimeWindow(days, start.Value, end.Value, zone);
    }

    private static bool IsDay(JsonElement item, out int day)
    {
        day = 0;
        return item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out day) && day is >= 1 and <= 7;
    }

    private static int? Minutes(string text, int most) =>
        text.Length == 5 && text[2] == ':'
        && int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
        && int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
        && minutes < 60 && (hours * 60) + minutes <= most
            ? (hours * 60) + minutes
            : null;

    private static string Text(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");
}
