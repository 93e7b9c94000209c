using System.Text.Json;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Vault.Monitoring;

/// <summary>Two servers on one PostgreSQL: what both counted is one sum, and what both saw of a provider one status.</summary>
public sealed class MonitoringNodesTests : IAsyncLifetime
{
    private VaultSide _one = null!;
    private VaultSide _two = null!;

    public async Task InitializeAsync()
    {
        var database = await PostgreSqlCluster.SettingsAsync();
        _one = await VaultSide.StartAsync(null, database);
        _two = await _one.NodeAsync([.. database, ("AuthServer:Issuer", _one.Server.Issuer), ("AuthServer:Keys:Directory", Path.Combine(_one.Server.Home, "keys"))]);
        _two.Server.Clock.AdvanceTo(_one.Server.Clock.Now);
        _one.Server.Clock.AdvanceTo(_two.Server.Clock.Now);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task What_two_nodes_counted_and_saw_is_added_up()
    {
        var connection = await _one.ConnectionAsync(new() { Retries = 0 });
        var accounts = new[] { await _one.AccountAsync(connection), await _one.AccountAsync(connection) };
        foreach (var (node, calls) in new[] { (_one, 3), (_two, 4) })
        {
            for (var i = 0; i < calls; i++)
            {
                _one.Provider.OnApi(FakeFaults.Status(503));
                using var answer = await node.CallAsync(HttpMethod.Get, $"/connected-accounts/{accounts[node == _one ? 0 : 1].Id}/proxy/x");
            }
        }

        await Task.WhenAll(_one.WriteUsageAsync(), _two.WriteUsageAsync());

        foreach (var node in new[] { _one, _two })
        {
            var seen = await node.Acme.GetAsync($"/api/v1/connections/{connection.Id}/monitoring?step=1h");
            Assert.Equal((7, 7), (seen.GetProperty("totals").GetProperty("calls").GetInt32(), seen.GetProperty("totals").GetProperty("server_errors").GetInt32()));
            Assert.Equal(7, Assert.Single(seen.GetProperty("errors").EnumerateArray()).GetProperty("count").GetInt32());
            Assert.Equal(("down", "organization"), State(seen.GetProperty("provider_status")));
        }
    }

    private static (string, string) State(JsonElement status) => (Text(status, "state"), Text(status, "scope"));
}
