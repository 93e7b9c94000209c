using System.Diagnostics;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench.Delegations;

/// <summary>One cut above ten thousand delegations: how long the request takes, and how soon a token at the bottom is dead. Beside it a cut of one hop,
/// which differs in nothing but the branch below.</summary>
internal sealed class SubtreeBench(BenchOptions options, Report report) : IDisposable
{
    private const int Trees = 3;
    private const int SingleCuts = 20;

    // The limit of calls per key is no part of what is measured here.
    private static readonly Dictionary<string, string> Unlimited = new() { ["AuthServer__RateLimits__PerKey"] = "100000000" };

    private readonly string _home = Directory.CreateDirectory(Path.Combine(options.Home, $"tree-{Guid.NewGuid():N}")).FullName;

    public async Task RunAsync()
    {
        using var server = await RealServer.StartAsync(options.ServerPath, _home, ChildServer.FreeAddress(), Unlimited);
        using var forest = await Forest.PlantAsync(server.Url);
        List<double> cuts = [], deaths = [];
        for (var i = 0; i < Trees; i++)
        {
            Console.Error.WriteLine($"{Scenarios.RevokeSubtree}: growing {Forest.Nodes} delegations, {i + 1} of {Trees}");
            var root = await forest.GrowAsync();
            var (cut, death) = await CutAsync(forest, root, await forest.TokensAsync());
            cuts.Add(cut);
            deaths.Add(death);
        }

        var singles = new List<double>();
        for (var i = 0; i < SingleCuts; i++)
        {
            var hop = await forest.DelegateAsync();
            var clock = Stopwatch.StartNew();
            await forest.RevokeAsync(hop);
            singles.Add(clock.Elapsed.TotalMilliseconds);
        }

        report.Figure($"{Scenarios.RevokeSubtree}: the request, median of {Trees}", Median(cuts), "ms");
        report.Figure($"{Scenarios.RevokeSubtree}: until a token at the bottom is dead, the slowest of {Trees}", deaths.Max(), "ms (wanted under 1000)");
        report.Figure($"the cut of one hop, median of {SingleCuts}", Median(singles), "ms");
        report.Figure($"{Scenarios.RevokeSubtree}: as long as", Median(cuts) / Median(singles), "cuts of one hop");
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    /// <summary>Milliseconds until the answer, and until the first token is seen dead by somebody who asks all the time. When the answer is there, all are
    /// dead, and what lies beside lives.</summary>
    private async Task<(double Cut, double Death)> CutAsync(Forest forest, string root, IReadOnlyList<string> tokens)
    {
        var beside = await forest.TokenBesideAsync();
        if (!await forest.IsActiveAsync(tokens[^1]))
        {
            report.Fault($"{Scenarios.RevokeSubtree}: a token was dead before the cut.");
        }

        var clock = Stopwatch.StartNew();
        var death = Task.Run(async () =>
        {
            while (await forest.IsActiveAsync(tokens[^1]))
            {
            }

            return clock.Elapsed.TotalMilliseconds;
        });
        await forest.RevokeAsync(root);
        var cut = clock.Elapsed.TotalMilliseconds;
        foreach (var token in tokens)
        {
            if (await forest.IsActiveAsync(token))
            {
                report.Fault($"{Scenarios.RevokeSubtree}: a token of the branch lives after the answer.");
            }
        }

        if (!await forest.IsActiveAsync(beside))
        {
            report.Fault($"{Scenarios.RevokeSubtree}: a token beside the branch died with it.");
        }

        return (cut, await death);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
