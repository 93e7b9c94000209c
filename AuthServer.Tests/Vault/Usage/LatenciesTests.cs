using AuthServer.Vault.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Vault.Usage;

/// <summary>What counts between bounds say of how long calls took.</summary>
public sealed class LatenciesTests
{
    private static readonly Gen<double[]> Times = Gen.Choose(0, 40_000).Select(milliseconds => (double)milliseconds).NonEmptyListOf().Select(list => list.ToArray());

    [Fact]
    public void A_percentile_lies_between_the_same_two_bounds_as_the_true_one_and_grows_with_its_share() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Times.ToArbitrary(), Gen.Choose(1, 100).ToArbitrary(), (times, percent) =>
        {
            var counts = new long[Latencies.Bounds.Count + 1];
            foreach (var time in times)
            {
                counts[Latencies.PlaceOf(time)]++;
            }

            // The nearest rank: the smallest time that this share of all does not exceed.
            var wanted = percent / 100.0;
            var exact = times.Order().ElementAt((int)Math.Max(0, Math.Ceiling(Math.Round(times.Length * wanted, 9)) - 1));
            var found = Latencies.Percentile(counts, wanted)!.Value;
            var place = Latencies.PlaceOf(exact);
            var (low, high) = (place == 0 ? 0 : Latencies.Bounds[place - 1], Latencies.Bounds[Math.Min(place, Latencies.Bounds.Count - 1)]);
            return found >= low - 1e-6 && found <= high + 1e-6 && found <= Latencies.Percentile(counts, Math.Min(1, wanted + 0.1)) + 1e-6;
        }));

    [Fact]
    public void Between_two_bounds_calls_are_taken_as_spread_evenly()
    {
        var counts = new long[Latencies.Bounds.Count + 1];
        Assert.Null(Latencies.Percentile(counts, 0.5));
        counts[4] = 10; // 100 to 250 ms

        Assert.Equal(175, Latencies.Percentile(counts, 0.5));
        Assert.Equal(242.5, Latencies.Percentile(counts, 0.95));
        counts[^1] = 90;
        Assert.Equal(30_000, Latencies.Percentile(counts, 0.5));
    }

    [Fact]
    public void Kinds_of_errors_are_kept_apart_up_to_a_number_and_read_as_they_were_written()
    {
        var counts = new Dictionary<string, long>();
        for (var i = 0; i < ErrorCounts.Most + 5; i++)
        {
            ErrorCounts.Add(counts, $"{400 + i}", 2);
        }

        Assert.Equal(ErrorCounts.Most + 1, counts.Count);
        Assert.Equal(10, counts[ErrorCounts.Other]);
        Assert.Equal(counts.OrderBy(pair => pair.Key), ErrorCounts.Read(ErrorCounts.Write(counts)).OrderBy(pair => pair.Key));
        Assert.Equal("404:3 refresh/account_expired:1", ErrorCounts.Write(ErrorCounts.Read("404:3 refresh/account_expired:1")));
        Assert.Empty(ErrorCounts.Read(""));
    }
}
