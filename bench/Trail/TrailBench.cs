using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using AuthServer.Bench.Http;
using AuthServer.Bench.Load;
using AuthServer.Bench.Requests;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench.Trail;

/// <summary>A server with a million events in its trail: how fast a filtered page is read, and the whole trail verified.</summary>
internal sealed class TrailBench(BenchOptions options, Report report) : IDisposable
{
    private const int Events = 1_000_000;
    private const int Repetitions = 20;

    // The limit of calls per key is no part of what is measured here.
    private static readonly Dictionary<string, string> Unlimited = new() { ["AuthServer__RateLimits__PerKey"] = "100000000" };

    private readonly string _home = Directory.CreateDirectory(Path.Combine(options.Home, $"trail-{Guid.NewGuid():N}")).FullName;
    private string _key = "";

    public async Task RunAsync()
    {
        using (var server = await StartAsync())
        {
            using var http = new HttpClient { BaseAddress = server.Url };
            using var answer = await http.PostAsJsonAsync("/api/v1/developers/register", new { name = "Bench", email = "bench-trail@example.com", password = RealServer.Secret });
            var registered = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
            _key = registered.GetProperty("apiKey").GetString()!;
            await FillAsync(registered.GetProperty("organization").GetProperty("id").GetString()!);
        }

        if (options.Includes(Scenarios.AuditVerify))
        {
            await VerifyAsync();
        }

        if (options.Includes(Scenarios.AuditPage.Name))
        {
            using var server = await StartAsync();
            await ReadAsync(server);
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Task<ChildServer> StartAsync() => RealServer.StartAsync(options.ServerPath, _home, ChildServer.FreeAddress(), Unlimited);

    private async Task FillAsync(string organizationId)
    {
        Console.Error.WriteLine($"writing {Events} events");
        var clock = Stopwatch.StartNew();
        await TrailFilling.FillAsync(_home, organizationId, Events);
        report.Figure("events written by one process, durable and chained", Events / clock.Elapsed.TotalSeconds, "per second");
    }

    /// <summary>The command once, as an operator runs it; its own start is told apart.</summary>
    private async Task VerifyAsync()
    {
        var (code, whole, said) = await RunAsync("audit", "verify");
        var (_, start, _) = await RunAsync("keys", "list");
        if (code != 0 || !said.Contains("as it was written", StringComparison.Ordinal))
        {
            report.Fault($"{Scenarios.AuditVerify}: {said}");
        }

        report.Figure("audit-verify, the command", whole.TotalSeconds, "s");
        report.Figure("audit-verify, without its start", Events / (whole - start).TotalSeconds, "events per second (wanted 200000)");
    }

    private async Task<(int Code, TimeSpan Elapsed, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [options.ServerPath, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in RealServer.Settings(_home, ChildServer.FreeAddress()))
        {
            start.Environment[name] = value;
        }

        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, clock.Elapsed, output);
    }

    private async Task ReadAsync(ChildServer server)
    {
        Console.Error.WriteLine($"{Scenarios.AuditPage.Name}: {options.Warmup} + {options.Seconds} s");
        var conversations = Enumerable.Range(0, options.Connections).Select(i => (IConversation)new FixedRequest(
            RequestTemplate.Get(new Uri(server.Url, "/api/v1/audit" + Filter(i)), $"X-Api-Key: {_key}\r\n"), "\"nextCursor\"")).ToList();
        report.Add(Scenarios.AuditPage, Measurement.Take(options, server.Address, conversations));

        foreach (var (name, filter) in new[]
        {
            ("newest", ""), ("of an agent, denied", $"?agentId={TrailFilling.Id("agt_", 13)}&outcome=denied"), ("of a time and a scope", "?from=2020-01-01&to=2090-01-01&scope=files:read"),
            ("of a rare scope, a search of 20,000 events", "?scope=rare:scope"),
        })
        {
            report.Figure($"a page of 50 alone, {name}", await MedianAsync(server, filter), "ms (wanted under 50)");
        }
    }

    /// <summary>What dashboards ask for, one filter for each connection.</summary>
    private static string Filter(int i) => (i % 5) switch
    {
        0 => "?limit=50",
        1 => $"?agentId={TrailFilling.Id("agt_", i)}&limit=50",
        2 => $"?userId={TrailFilling.Id("usr_", i)}&limit=50",
        3 => "?outcome=denied&limit=50",
        _ => $"?agentId={TrailFilling.Id("agt_", ((4 * i) + 1) % TrailFilling.Agents)}&outcome=allowed&scope=calendar:read&from=2020-01-01&to=2090-01-01&limit=50",
    };

    private async Task<double> MedianAsync(ChildServer server, string filter)
    {
        using var http = new HttpClient { BaseAddress = server.Url, DefaultRequestHeaders = { { "X-Api-Key", _key } } };
        var times = new List<double>();
        for (var i = 0; i < Repetitions; i++)
        {
            var clock = Stopwatch.StartNew();
            (await http.GetAsync("/api/v1/audit" + filter)).EnsureSuccessStatusCode().Dispose();
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        return times.Order().ElementAt(Repetitions / 2);
    }
}
