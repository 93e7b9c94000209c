using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AuthServer.Vault.Usage;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Figures;

/// <summary>How long this process takes to answer, from the server's own measurements, by area. A request costs one addition to a number in memory.</summary>
public sealed class ResponseTimes(IMeterFactory meters) : IHostedService, IDisposable
{
    private const string MeterName = "Microsoft.AspNetCore.Hosting";
    private const string InstrumentName = "http.server.request.duration";
    private const string RouteTag = "http.route";

    private readonly ConcurrentDictionary<string, int> _areas = new(StringComparer.Ordinal);
    private readonly long[][] _counts = [.. Areas.Select(_ => new long[Latency.Bounds.Count + 1])];
    private MeterListener? _listener;

    /// <summary>The token endpoint, the rest of the protocol, the REST API, MCP, and pages.</summary>
    public static IReadOnlyList<string> Areas { get; } = ["token", "protocol", "api", "mcp", "pages"];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Of this host: another in the same process has a factory of its own.
                if (instrument.Meter.Name == MeterName && instrument.Name == InstrumentName && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<double>(Measure);
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener?.Dispose();

    /// <summary>Takes what was measured since the last time.</summary>
    public FigureSums Take(DateTimeOffset now)
    {
        var sums = new FigureSums();
        foreach (var (area, counts) in _counts.Index())
        {
            for (var place = 0; place < counts.Length; place++)
            {
                if (Interlocked.Exchange(ref counts[place], 0) is > 0 and var count)
                {
                    sums.Add("", FigureKinds.Latency, FigureSums.HourOf(now), Latency.WordOf(Areas[area], place), count);
                }
            }
        }

        return sums;
    }

    private void Measure(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var (name, value) in tags)
        {
            if (name == RouteTag && value is string route)
            {
                var area = _areas.GetOrAdd(route, static route => AreaOf(route));
                Interlocked.Increment(ref _counts[area][Latencies.PlaceOf(seconds * 1000, Latency.Bounds)]);
                return;
            }
        }
    }

    private static int AreaOf(string route) => route.TrimStart('/') switch
    {
        "connect/token" => 0,
        var path when path.StartsWith("connect/", StringComparison.Ordinal) || path.StartsWith(".well-known/", StringComparison.Ordinal) => 1,
        var path when path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("access/", StringComparison.Ordinal) || path.StartsWith("certificates", StringComparison.Ordinal) => 2,
        "mcp" => 3,
        _ => 4,
    };
}

/// <summary>How latencies are written as figures.</summary>
public static class Latency
{
    /// <summary>Milliseconds; one more place is of those beyond the last.</summary>
    public static IReadOnlyList<int> Bounds { get; } = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2500, 10_000];

    public static string WordOf(string area, int place) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{area} {place}");

    /// <summary>Null: it is none of ours.</summary>
    public static (string Area, int Place)? Read(string word) =>
        word.Split(' ') is [var area, var place] && int.TryParse(place, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var at) && at <= Bounds.Count
            ? (area, at)
            : null;
}
