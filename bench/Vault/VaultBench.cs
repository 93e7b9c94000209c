using System.Text.Json;
using AuthServer.Bench.Http;
using AuthServer.Bench.Load;
using AuthServer.Bench.Requests;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench.Vault;

/// <summary>What the vault costs: a call through the proxy beside the same call made directly, and how many refreshes a second it makes, each with a provider that is asked and
/// new tokens on the disk.</summary>
internal sealed class VaultBench(BenchOptions options, Report report) : IDisposable
{
    private const int ManyAccounts = 512;

    private readonly string _home = Directory.CreateDirectory(Path.Combine(options.Home, $"vault-{Guid.NewGuid():N}")).FullName;

    public async Task RunAsync()
    {
        var address = ChildServer.FreeAddress();
        using var provider = await ChildServer.StartAsync(
            address, typeof(VaultBench).Assembly.Location, ["provider", $"{address.Port}"], new Dictionary<string, string>(), ProviderServer.Api);
        using var server = await RealServer.StartAsync(options.ServerPath, _home, ChildServer.FreeAddress(), new Dictionary<string, string>
        {
            // The limit of calls per key is no part of what is measured here, and what is due is asked for by the load alone.
            ["AuthServer__RateLimits__PerKey"] = "100000000",
            ["AuthServer__Outbound__AllowedPrivateHosts__0"] = $"{address}",
            ["AuthServer__Vault__RefreshAhead"] = "false",
        });
        try
        {
            using var accounts = await LinkedAccounts.PrepareAsync(server.Url);
            if (options.Includes(Scenarios.Proxy.Name))
            {
                await ProxyAsync(provider, server, accounts);
            }

            if (options.Includes(Scenarios.AccountRefresh.Name))
            {
                var connection = await accounts.ConnectAsync(provider.Url, "short", ProviderServer.ShortToken);
                var made = await accounts.LinkAsync(connection, Math.Max(ManyAccounts, options.Connections));
                await RefreshAsync(Scenarios.AccountRefresh, provider, server, accounts, made[..options.Connections]);
                await RefreshAsync(Scenarios.AccountRefreshMany, provider, server, accounts, made);
            }
        }
        finally
        {
            Console.Error.WriteLine(server.LastOutput());
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private async Task ProxyAsync(ChildServer provider, ChildServer server, LinkedAccounts accounts)
    {
        var account = (await accounts.LinkAsync(await accounts.ConnectAsync(provider.Url, "long", ProviderServer.Token), 1))[0];
        IConversation Direct() => new FixedRequest(RequestTemplate.Get(new Uri(provider.Url, ProviderServer.Api)), "\"status\"");
        IConversation Proxied() => new FixedRequest(RequestTemplate.Get(new Uri(server.Url, $"/api/v1/connected-accounts/{account}/proxy/json"), accounts.AgentHeader), "\"status\"");

        var (direct, proxied) = (Measure("a direct call", provider, [Direct()]), Measure($"{Scenarios.Proxy.Name}, one caller", server, [Proxied()]));
        var all = Enumerable.Range(0, options.Connections);
        var (directOfAll, proxiedOfAll) = (Measure("direct calls", provider, [.. all.Select(_ => Direct())]), Measure(Scenarios.Proxy.Name, server, [.. all.Select(_ => Proxied())]));
        report.Add(Scenarios.Proxy, proxiedOfAll);
        report.Figure($"{Scenarios.Proxy.Name}: one caller, median", proxied.P50 * 1000, $"µs ({direct.P50 * 1000:0} µs directly)");
        report.Figure($"{Scenarios.Proxy.Name}: the proxy's own part of that", (proxied.P50 - direct.P50) * 1000, "µs");
        report.Figure($"{Scenarios.Proxy.Name}: of the direct calls per second", proxiedOfAll.PerSecond / directOfAll.PerSecond, "");
        if (proxied.Errors > 0)
        {
            report.Fault($"{Scenarios.Proxy.Name}, one caller: {proxied.FirstError}");
        }
    }

    /// <summary>Each connection asks for the token of its own accounts in turn.</summary>
    private async Task RefreshAsync(Scenario scenario, ChildServer provider, ChildServer server, LinkedAccounts accounts, string[] ids)
    {
        var before = await CountAsync(provider);
        var asking = Enumerable.Range(0, options.Connections)
            .Select(connection => (IConversation)new InTurn([.. ids.Where((_, i) => i % options.Connections == connection).Select(id => new FixedRequest(
                RequestTemplate.Get(new Uri(server.Url, $"/api/v1/connected-accounts/{id}/token"), accounts.AgentHeader), "\"access_token\""))]))
            .ToArray();
        var measured = Measure(scenario.Name, server, asking);
        report.Add(scenario, measured);
        var after = await CountAsync(provider);
        if (after.Refused > 0 || after.Refreshes - before.Refreshes < measured.Count)
        {
            report.Fault($"{scenario.Name}: {measured.Count} answers came of {after.Refreshes - before.Refreshes} refreshes, and {after.Refused} refresh tokens were spent before.");
        }
    }

    private Measurement Measure(string name, ChildServer server, IReadOnlyList<IConversation> conversations)
    {
        Console.Error.WriteLine($"{name}: {options.Warmup} + {options.Seconds} s");
        return Measurement.Take(options, server.Address, conversations);
    }

    private static async Task<(long Refreshes, long Refused)> CountAsync(ChildServer provider)
    {
        using var http = new HttpClient { BaseAddress = provider.Url };
        var told = JsonElement.Parse(await http.GetStringAsync(new Uri(ProviderServer.Count, UriKind.Relative)));
        return (told.GetProperty("refreshes").GetInt64(), told.GetProperty("refused").GetInt64());
    }
}
