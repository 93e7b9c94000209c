using System.Globalization;
using System.Reflection;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AuthServer.Vault.Monitoring;

/// <summary>Which time is asked for, and in how large steps: whole ones, counted in UTC.</summary>
/// <param name="From">The beginning of the first step.</param>
/// <param name="To">The end of the last step, itself not included.</param>
public sealed record MonitoredTime(DateTimeOffset From, DateTimeOffset To, MonitoringStep Step, Problem? Refusal = null) : IRefusable, IEndpointParameterMetadataProvider
{
    /// <summary>How many steps there are at most.</summary>
    public const int Most = 750;

    private const int Usual = 120;

    // What happens now is asked for too.
    private static readonly TimeSpan Present = TimeSpan.FromTicks(1);

    private static readonly TimeSpan UsualSpan = TimeSpan.FromHours(1);

    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public int Steps => (int)((To - From) / Step.Span);

    /// <summary>What of the table it is read from: minutes or hours.</summary>
    internal int Seconds => Step.Span < TimeSpan.FromHours(1) ? ConnectionUsages.Minute : ConnectionUsages.Hour;

    public static ValueTask<MonitoredTime> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        string? Text(string name) => http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;
        return ValueTask.FromResult(Read(Text("from"), Text("to"), Text("step"), http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "from", "The beginning, such as 2026-01-31T12:00:00Z; without it an hour before the end. At most 90 days ago."));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "to", "The end, itself not included; without it now."));
        builder.Metadata.Add(new RequestParameter(
            ParameterLocation.Query, "step", $"How much time each point of the series covers: {string.Join(", ", MonitoringStep.All.Select(step => step.Word))}. Without it, the smallest that gives {Usual} points at most. Less than an hour only for the last two days."));
    }

    /// <summary>The time until now.</summary>
    public static MonitoredTime Last(TimeSpan span, MonitoringStep step, DateTimeOffset now) => Whole(now - span + step.Span, now + Present, step);

    /// <param name="from">As it was asked for; null: it was not.</param>
    internal static MonitoredTime Read(string? from, string? to, string? step, DateTimeOffset now)
    {
        var faults = new Faults();
        var end = Moment("to", to, faults) ?? now + Present;
        var begin = Moment("from", from, faults) ?? end - UsualSpan;
        var asked = MonitoringStep.All.FirstOrDefault(one => one.Word == step);
        faults.Add("step", step is null || asked is not null ? null : $"Use one of: {string.Join(", ", MonitoringStep.All.Select(one => one.Word))}.");
        if (faults.Problem is { } malformed)
        {
            return new(now, now, MonitoringStep.Minute, malformed);
        }

        end = end <= now ? end : now + Present;
        faults.Add("from", begin < end ? begin >= now - ConnectionUsages.HoursKept ? null : "What happened is kept for 90 days." : "Give a time before the end, and before now.");
        var areMinutesKept = begin >= now - ConnectionUsages.MinutesKept;
        var fitting = asked ?? MonitoringStep.All.FirstOrDefault(one => (areMinutesKept || one.Span >= MonitoringStep.Hour.Span) && (end - begin) / one.Span <= Usual) ?? MonitoringStep.Day;
        faults.Add("step", areMinutesKept || fitting.Span >= MonitoringStep.Hour.Span ? null : "Minutes are kept for two days. Use 1h or more.");
        faults.Add("step", (end - begin) / fitting.Span <= Most - 2 ? null : $"These are more than {Most} points. Use a larger step.");
        return Whole(begin, end, fitting) with { Refusal = faults.Problem };
    }

    /// <summary>The steps that have something of this time.</summary>
    private static MonitoredTime Whole(DateTimeOffset from, DateTimeOffset to, MonitoringStep step)
    {
        var begin = step.Begin(from);
        var last = step.Begin(to);
        return new(begin, last == to ? last : last + step.Span, step);
    }

    private static DateTimeOffset? Moment(string name, string? text, Faults faults)
    {
        // A plus sign in a query is a space.
        var moment = default(DateTimeOffset);
        if (text is null || (DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment) && moment.Year is >= 1970 and < 9999))
        {
            return text is null ? null : moment;
        }

        faults.Add(name, "Give a time such as 2026-01-31T12:00:00Z.");
        return null;
    }
}

/// <summary>How much time one point of a series covers.</summary>
public sealed record MonitoringStep(string Word, TimeSpan Span)
{
    public static MonitoringStep Minute { get; } = new("1m", TimeSpan.FromMinutes(1));

    public static MonitoringStep FiveMinutes { get; } = new("5m", TimeSpan.FromMinutes(5));

    public static MonitoringStep Quarter { get; } = new("15m", TimeSpan.FromMinutes(15));

    public static MonitoringStep Hour { get; } = new("1h", TimeSpan.FromHours(1));

    public static MonitoringStep SixHours { get; } = new("6h", TimeSpan.FromHours(6));

    public static MonitoringStep Day { get; } = new("1d", TimeSpan.FromDays(1));

    /// <summary>Smallest first.</summary>
    public static IReadOnlyList<MonitoringStep> All { get; } = [Minute, FiveMinutes, Quarter, Hour, SixHours, Day];

    /// <summary>When the step began that a moment is in.</summary>
    public DateTimeOffset Begin(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % Span.Ticks), TimeSpan.Zero);
}
