using System.Globalization;
using AuthServer.Policies.Engine;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Policies;

public sealed class TimeWindowTests
{
    [Theory]
    [InlineData("2026-03-02T08:59:59Z", false)]
    [InlineData("2026-03-02T09:00:00Z", true)]
    [InlineData("2026-03-02T16:59:59Z", true)]
    [InlineData("2026-03-02T17:00:00Z", false)]
    [InlineData("2026-03-06T12:00:00Z", true)]
    [InlineData("2026-03-07T12:00:00Z", false)]
    [InlineData("2026-03-08T12:00:00Z", false)]
    public void Business_hours_are_Monday_to_Friday_from_the_start_to_before_the_end(string now, bool inside) =>
        Check("[1,2,3,4,5]", "09:00", "17:00", "UTC", now, inside);

    [Theory]
    [InlineData("2026-03-07T21:59:00Z", false)]
    [InlineData("2026-03-07T22:00:00Z", true)]
    [InlineData("2026-03-08T05:59:00Z", true)]
    [InlineData("2026-03-08T06:00:00Z", false)]
    [InlineData("2026-03-08T22:00:00Z", false)]
    [InlineData("2026-03-07T05:00:00Z", false)]
    public void A_window_past_midnight_belongs_to_the_day_on_which_it_began(string now, bool inside) =>
        Check("[6]", "22:00", "06:00", "UTC", now, inside);

    [Theory]
    [InlineData("2026-03-08T23:00:00Z", true)] // Sunday night
    [InlineData("2026-03-09T01:00:00Z", true)] // and Monday morning
    [InlineData("2026-03-10T01:00:00Z", false)]
    public void A_window_that_begins_on_Sunday_reaches_into_Monday(string now, bool inside) =>
        Check("[7]", "22:00", "06:00", "UTC", now, inside);

    [Theory]
    [InlineData("2026-03-02T00:00:00Z", true)]
    [InlineData("2026-03-02T23:59:59Z", true)]
    [InlineData("2026-03-03T00:00:00Z", false)]
    public void A_window_may_end_with_the_day(string now, bool inside)
    {
        Check("[1]", "00:00", "24:00", "UTC", now, inside);
        if (now.EndsWith("59Z", StringComparison.Ordinal))
            Check("[1]", "12:00", "00:00", "UTC", now, inside);
    }

    [Theory] // 2026-03-29 01:00Z: from 02:00 to 03:00
    [InlineData("Europe/Berlin", "2026-03-29T00:59:59Z", false)] // 01:59
    [InlineData("Europe/Berlin", "2026-03-29T01:00:00Z", true)] // 03:00
    [InlineData("Europe/Berlin", "2026-03-29T01:29:59Z", true)] // 03:29
    [InlineData("Europe/Berlin", "2026-03-29T01:30:00Z", false)] // 03:30
    [InlineData("America/New_York", "2026-03-08T06:59:59Z", false)] // 2026-03-08 07:00Z: from 02:00 to 03:00
    [InlineData("America/New_York", "2026-03-08T07:00:00Z", true)]
    [InlineData("America/New_York", "2026-03-08T07:29:59Z", true)]
    [InlineData("America/New_York", "2026-03-08T07:30:00Z", false)]
    public void When_the_clocks_go_forward_a_window_that_begins_in_the_missing_hour_begins_after_it(string zone, string now, bool inside) =>
        Check("[7]", "02:30", "03:30", zone, now, inside);

    [Theory] // 2026-10-25 01:00Z: from 03:00 to 02:00
    [InlineData("Europe/Berlin", "2026-10-24T23:59:59Z", false)] // 01:59
    [InlineData("Europe/Berlin", "2026-10-25T00:00:00Z", true)] // 02:00 the first time
    [InlineData("Europe/Berlin", "2026-10-25T01:00:00Z", true)] // 02:00 the second time
    [InlineData("Europe/Berlin", "2026-10-25T01:59:59Z", true)]
    [InlineData("Europe/Berlin", "2026-10-25T02:00:00Z", false)] // 03:00
    [InlineData("America/New_York", "2026-11-01T05:59:59Z", false)] // 01:59 the first time; 06:00Z: from 02:00 to 01:00
    [InlineData("America/New_York", "2026-11-01T06:59:59Z", false)] // 01:59 the second time
    [InlineData("America/New_York", "2026-11-01T07:00:00Z", true)] // 02:00
    [InlineData("America/New_York", "2026-11-01T07:59:59Z", true)]
    [InlineData("America/New_York", "2026-11-01T08:00:00Z", false)]
    public void When_the_clocks_go_back_the_doubled_hour_counts_both_times(string zone, string now, bool inside) =>
        Check("[7]", "02:00", "03:00", zone, now, inside);

    [Theory]
    [InlineData("2026-03-06T14:00:00Z", true)] // 09:00 EST
    [InlineData("2026-03-06T13:59:00Z", false)]
    [InlineData("2026-03-09T13:00:00Z", true)] // 09:00 EDT
    [InlineData("2026-03-09T12:59:00Z", false)]
    public void Office_hours_follow_the_clocks_of_their_place(string now, bool inside) =>
        Check("[1,2,3,4,5]", "09:00", "17:00", "America/New_York", now, inside);

    [Fact]
    public void Each_minute_of_a_year_in_Berlin_agrees_with_the_clock_on_the_wall() =>
        Prop.ForAll<(uint Minute, ushort Start, ushort End, byte Days)>(draw =>
        {
            var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(draw.Minute % (364 * 24 * 60));
            var (start, end) = (draw.Start % 1440, draw.End % 1440);
            var days = Enumerable.Range(1, 7).Where(day => (draw.Days >> day & 1) == 1).ToArray();
            if (start == end || days.Length == 0)
                return true;

            // Summer time of 2026, written down: from 29 March 01:00 UTC to 25 October 01:00 UTC.
            var summer = now >= new DateTime(2026, 3, 29, 1, 0, 0) && now < new DateTime(2026, 10, 25, 1, 0, 0);
            var wall = now.AddHours(summer ? 2 : 1);

            // Every window that could hold this minute, laid out as a span on the wall's calendar.
            var inside = new[] { wall.Date.AddDays(-1), wall.Date }.Any(day =>
                days.Contains((((int)day.DayOfWeek + 6) % 7) + 1)
                && wall >= day.AddMinutes(start) && wall < day.AddMinutes(end < start ? end + 1440 : end));
            var policy = Window($"[{string.Join(',', days)}]", Clock(start), Clock(end), "Europe/Berlin");
            return inside == ((Ask.For("email:send") with { Now = now }).Decide(policy).Outcome == PolicyOutcome.Allowed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(int.MaxValue));

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");

    private static Policy Window(string days, string start, string end, string zone) => Ask.Policy(
        "time_window", $$"""{"allowedDays":{{days}},"startTimeUtc":"{{start}}","endTimeUtc":"{{end}}","timezone":"{{zone}}"}""");

    private static void Check(string days, string start, string end, string zone, string now, bool inside)
    {
        var input = Ask.For("email:send") with { Now = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture) };
        if (inside)
            Window(days, start, end, zone).Allows(input);
        else
            Window(days, start, end, zone).Denies(input, PolicyReasons.OutsideTimeWindow);
    }
}
