using System.Diagnostics;
using System.Net;

namespace AuthServer.Bench.Load;

/// <summary>What a load run found. Latencies in milliseconds.</summary>
public sealed record Measurement(double PerSecond, double P50, double P99, long Count, long Errors, string? FirstError)
{
    public static Measurement Take(BenchOptions options, IPEndPoint server, IReadOnlyList<IConversation> conversations)
    {
        var threads = Math.Min(options.Threads, conversations.Count);
        var loads = Enumerable.Range(0, threads)
            .Select(thread => new LoadThread(server, [.. conversations.Where((_, i) => i % threads == thread)]))
            .ToArray();
        var begin = Stopwatch.GetTimestamp() + (options.Warmup * Stopwatch.Frequency);
        var end = begin + (options.Seconds * Stopwatch.Frequency);
        var running = loads.Select(load => new Thread(() => load.Run(begin, end))).ToArray();
        Array.ForEach(running, thread => thread.Start());
        Array.ForEach(running, thread => thread.Join());

        var all = new LatencyHistogram();
        Array.ForEach(loads, load => all.Add(load.Latencies));
        return new Measurement(
            (double)all.Count / options.Seconds, all.Percentile(50), all.Percentile(99), all.Count,
            loads.Sum(load => load.Errors), loads.FirstOrDefault(load => load.FirstError is not null)?.FirstError);
    }
}
