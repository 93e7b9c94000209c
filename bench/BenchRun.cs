using AuthServer.Bench.Delegations;
using AuthServer.Bench.Load;
using AuthServer.Bench.Pages;
using AuthServer.Bench.Requests;
using AuthServer.Bench.Servers;
using AuthServer.Bench.Trail;
using AuthServer.Bench.Vault;

namespace AuthServer.Bench;

/// <summary>One run: the bare endpoint first, then the server, then what must hold of its answers.</summary>
public sealed class BenchRun(BenchOptions options)
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private readonly Report _report = new(options);

    /// <summary>True: every answer was right.</summary>
    public async Task<bool> RunAsync()
    {
        try
        {
            await MeasureBareAsync();
            if (Scenarios.All.Any(scenario => !scenario.Bare && options.Includes(scenario.Name)))
            {
                await MeasureServerAsync();
            }

            if (options.Includes(Scenarios.Proxy.Name) || options.Includes(Scenarios.AccountRefresh.Name))
            {
                using var vault = new VaultBench(options, _report);
                await vault.RunAsync();
            }

            if (options.Includes(Scenarios.AuditPage.Name) || options.Includes(Scenarios.AuditVerify))
            {
                using var trail = new TrailBench(options, _report);
                await trail.RunAsync();
            }

            if (options.Includes(Scenarios.RevokeSubtree))
            {
                using var subtree = new SubtreeBench(options, _report);
                await subtree.RunAsync();
            }

            if (options.Includes(Scenarios.Pages))
            {
                using var pages = new PageBench(options, _report);
                await pages.RunAsync();
            }
        }
        catch (Exception failed) when (failed is InvalidOperationException or HttpRequestException)
        {
            _report.Fault(failed.Message);
        }

        Console.WriteLine(_report.Write());
        return _report.IsGood;
    }

    /// <summary>Always, since everything else is reported as a ratio to it.</summary>
    private async Task MeasureBareAsync()
    {
        var address = ChildServer.FreeAddress();
        using var server = await ChildServer.StartAsync(
            address, typeof(BenchRun).Assembly.Location, ["bare", $"{address.Port}"], new Dictionary<string, string>(), BareServer.Json);
        ReportStart("start of the bare endpoint", server);
        foreach (var scenario in Scenarios.All.Where(scenario => scenario.Bare))
        {
            await MeasureAsync(scenario, new Preparation(server, null, null));
        }
    }

    private async Task MeasureServerAsync()
    {
        var home = Directory.CreateDirectory(Path.Combine(options.Home, $"run-{Guid.NewGuid():N}")).FullName;
        try
        {
            using (var first = await RealServer.StartAsync(options.ServerPath, home, ChildServer.FreeAddress()))
            {
                ReportStart("first start, with new keys and database", first);
            }

            using var server = await RealServer.StartAsync(options.ServerPath, home, ChildServer.FreeAddress());
            ReportStart("start", server);
            await Task.Delay(Settle);
            _report.Figure("resident memory at idle", server.ResidentMegabytes(), "MB");
            try
            {
                await LoadAsync(server, home);
                _report.Figure("resident memory after the load", server.ResidentMegabytes(), "MB");
            }
            finally
            {
                // Warnings and errors only: what explains a wrong answer.
                Console.Error.WriteLine(server.LastOutput());
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private async Task LoadAsync(ChildServer server, string home)
    {
        using var person = new Person(server.Url);
        using var team = new Team(server.Url);
        foreach (var scenario in Scenarios.All.Where(scenario => !scenario.Bare && options.Includes(scenario.Name)))
        {
            var issued = await MeasureAsync(scenario, new Preparation(server, person, team));
            if (issued.Sum(tokens => tokens.Count) is var count and > 0)
            {
                Console.Error.WriteLine($"{scenario.Name}: looking up {count} token ids in the trail");
                Judge(scenario, Checks.Trail(RealServer.DatabaseIn(home), issued));
                Judge(scenario, await Checks.SignaturesAsync(new Uri(server.Url, "/.well-known/jwks"), issued));
            }
        }
    }

    private async Task<IReadOnlyList<IssuedTokens>> MeasureAsync(Scenario scenario, Preparation at)
    {
        Console.Error.WriteLine($"{scenario.Name}: {options.Warmup} + {options.Seconds} s");
        var issued = Enumerable.Range(0, options.Connections).Select(_ => new IssuedTokens()).ToArray();
        var conversations = new List<IConversation>();
        foreach (var tokens in issued)
        {
            conversations.Add(await scenario.Make(at, tokens));
        }

        _report.Add(scenario, Measurement.Take(options, at.Server.Address, conversations));
        return issued;
    }

    private void ReportStart(string name, ChildServer server)
    {
        _report.Figure($"{name}, until ready", server.ReadyAfter.TotalSeconds, "s");
        _report.Figure($"{name}, processor time", server.ReadyWork.TotalSeconds, "s");
    }

    private void Judge(Scenario scenario, string? fault)
    {
        if (fault is not null)
        {
            _report.Fault($"{scenario.Name}: {fault}");
        }
    }
}
