using AuthServer.Vault.Monitoring;

namespace AuthServer.Tests.Vault.Monitoring;

/// <summary>Which time is asked for, and what of it is kept.</summary>
public sealed class MonitoredTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 34, 56, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, null, "2026-11-29T11:34:00Z", "2026-11-29T12:35:00Z", "1m")]
    [InlineData("2026-11-29T12:00:00Z", null, null, "2026-11-29T12:00:00Z", "2026-11-29T12:35:00Z", "1m")]
    [InlineData("2026-11-29T12:00:00Z", "2026-11-29T12:10:00Z", "5m", "2026-11-29T12:00:00Z", "2026-11-29T12:10:00Z", "5m")]
    [InlineData("2026-11-29T12:00:01Z", "2026-11-29T12:10:01Z", "5m", "2026-11-29T12:00:00Z", "2026-11-29T12:15:00Z", "5m")]
    [InlineData("2026-11-29T13:00:00+01:00", "2026-11-29T13:01:00 01:00", null, "2026-11-29T12:00:00Z", "2026-11-29T12:01:00Z", "1m")]
    [InlineData("2026-11-28", null, null, "2026-11-28T00:00:00Z", "2026-11-29T13:00:00Z", "1h")]
    [InlineData("2026-11-29", null, null, "2026-11-29T00:00:00Z", "2026-11-29T12:45:00Z", "15m")]
    [InlineData("2026-11-27", null, null, "2026-11-27T00:00:00Z", "2026-11-29T13:00:00Z", "1h")]
    [InlineData("2026-11-01", null, null, "2026-11-01T00:00:00Z", "2026-11-29T18:00:00Z", "6h")]
    [InlineData("2026-09-01T01:00:00Z", "2027-01-01", "1d", "2026-09-01T00:00:00Z", "2026-11-30T00:00:00Z", "1d")]
    public void Whole_steps_are_answered(string? from, string? to, string? step, string begin, string end, string answered)
    {
        var time = MonitoredTime.Read(from, to, step, Now);

        Assert.Null(time.Refusal);
        Assert.Equal((DateTimeOffset.Parse(begin, null), DateTimeOffset.Parse(end, null), answered), (time.From, time.To, time.Step.Word));
        Assert.InRange(time.Steps, 1, MonitoredTime.Most);
    }

    [Theory]
    [InlineData("yesterday", null, null, "from")]
    [InlineData("1900-01-01", null, null, "from")]
    [InlineData(null, "9999-12-31T23:59:59Z", null, "to")]
    [InlineData(null, "", null, "to")]
    [InlineData(null, null, "2m", "step")]
    [InlineData(null, null, "", "step")]
    [InlineData("2026-11-29T12:00:00Z", "2026-11-29T11:00:00Z", null, "from")]
    [InlineData("2026-11-29T12:00:00Z", "2026-11-29T12:00:00Z", null, "from")]
    [InlineData("2026-12-01", null, null, "from")]
    [InlineData("2026-08-01", null, null, "from")]
    [InlineData("1970-01-01", null, null, "from")]
    [InlineData("2026-11-20", null, "1m", "step")]
    [InlineData("2026-11-28", null, "1m", "step")]
    public void What_is_not_kept_or_makes_no_sense_is_refused_by_its_name(string? from, string? to, string? step, string blamed) =>
        Assert.Contains(blamed, MonitoredTime.Read(from, to, step, Now).Refusal!.Errors!.Keys);

    [Theory]
    [InlineData(60, "1m", 60)]
    [InlineData(24 * 60, "15m", 96)]
    [InlineData(30 * 24 * 60, "1d", 30)]
    public void The_time_until_now_has_as_many_steps_as_it_says(int minutes, string word, int steps) =>
        Assert.Equal(steps, MonitoredTime.Last(TimeSpan.FromMinutes(minutes), MonitoringStep.All.Single(step => step.Word == word), Now).Steps);
}
