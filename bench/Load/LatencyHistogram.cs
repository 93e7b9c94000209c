using System.Diagnostics;
using System.Numerics;

namespace AuthServer.Bench.Load;

/// <summary>Latencies in microseconds, in buckets that are at most 1.6 % wide: no allocation per request.</summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int Sub = 1 << SubBits;
    private readonly long[] _counts = new long[(32 - SubBits + 1) * Sub];

    public long Count { get; private set; }

    public void Record(long ticks)
    {
        var microseconds = (uint)Math.Min(ticks * 1_000_000 / Stopwatch.Frequency, int.MaxValue);
        _counts[Index(microseconds)]++;
        Count++;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>In milliseconds.</summary>
    public double Percentile(double percent)
    {
        var rank = (long)Math.Ceiling(Count * percent / 100);
        for (var i = 0; i < _counts.Length; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
            {
                return UpperEdge(i) / 1000.0;
            }
        }

        return 0;
    }

    private static int Index(uint value)
    {
        if (value < Sub)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2(value) - SubBits;
        return ((shift + 1) << SubBits) + (int)((value >> shift) - Sub);
    }

    private static uint UpperEdge(int index)
    {
        if (index < Sub)
        {
            return (uint)index;
        }

        var shift = (index >> SubBits) - 1;
        return (uint)(((index & (Sub - 1)) + Sub + 1) << shift) - 1;
    }
}
