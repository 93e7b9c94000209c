using System.Net;
using System.Text.Json;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Usage;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Vault.Monitoring;

/// <summary>Whether a provider does its work, as calls and refreshes through this server show.</summary>
public sealed class ProviderStatusTests : IAsyncLifetime
{
    private VaultSide _side = null!;
    private Connection _connection = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync();
        _connection = await _side.ConnectionAsync(new ConnectionSettings { Retries = 0 });
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task Accounts_that_get_no_work_done_show_trouble_until_one_after_the_other_does_again()
    {
        Assert.Equal("unknown", Text(await StatusAsync("fake"), "state"));
        var accounts = new[] { await _side.AccountAsync(_connection), await _side.AccountAsync(_connection), await _side.AccountAsync(_connection) };
        await CallAsync(accounts[0].Id, FakeFaults.Status(502));
        await CallAsync(accounts[1].Id, FakeFaults.None);
        var since = _side.Server.Clock.Now;
        Assert.Equal("operational", Text(await StatusAsync("fake"), "state"));

        await CallAsync(accounts[1].Id, FakeFaults.Status(500));
        await CallAsync(accounts[2].Id, FakeFaults.Status(503));
        var status = await StatusAsync("fake");
        Assert.Equal(("down", "organization"), (Text(status, "state"), Text(status, "scope")));
        Assert.True(status.GetProperty("since").GetDateTimeOffset() <= since);
        Assert.Contains("5xx", Text(status, "why"), StringComparison.Ordinal);

        await CallAsync(accounts[0].Id, FakeFaults.Status(404));
        Assert.Equal("degraded", Text(await StatusAsync("fake"), "state"));
        await CallAsync(accounts[1].Id, FakeFaults.None);
        Assert.Equal("operational", Text(await StatusAsync("fake"), "state"));
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal("unknown", Text(await StatusAsync("fake"), "state"));
    }

    [Fact]
    public async Task An_app_that_is_refused_and_grants_that_ended_are_no_trouble_of_the_providers()
    {
        foreach (var account in new[] { await _side.AccountAsync(_connection), await _side.AccountAsync(_connection) })
        {
            _side.Provider.Grants.EndAll();
            _side.Server.Clock.Advance(TimeSpan.FromMinutes(61));
            Assert.NotNull((await _side.GetAsync(account.Id)).Problem);
        }

        Assert.Equal("operational", Text(await StatusAsync("fake"), "state"));
    }

    [Fact]
    public async Task A_token_endpoint_that_is_down_is()
    {
        var accounts = new[] { await _side.AccountAsync(_connection), await _side.AccountAsync(_connection) };
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(61));
        foreach (var account in accounts)
        {
            _side.Provider.OnToken(FakeFaults.Status(503));
            Assert.NotNull((await _side.GetAsync(account.Id)).Problem);
        }

        var status = await StatusAsync("fake");
        Assert.Equal("down", Text(status, "state"));
        Assert.Contains("does not renew tokens", Text(status, "why"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_several_organizations_see_is_told_to_all_and_what_one_sees_to_nobody_else()
    {
        await SawAsync("slack", _side.Acme.Id, ProviderTrouble.NoAnswer, 50);
        var other = await OrganizationSide.CreateAsync(_side.Server);
        Assert.Equal("unknown", Text(await other.GetAsync("/api/v1/providers/slack/status"), "state"));

        await SawAsync("slack", (await OrganizationSide.CreateAsync(_side.Server)).Id, ProviderTrouble.NoAnswer, 1);
        await SawAsync("slack", (await OrganizationSide.CreateAsync(_side.Server)).Id, ProviderTrouble.NoAnswer, 1, """{"base_url":"https://mirror.example"}""");
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
        var status = await other.GetAsync("/api/v1/providers/slack/status");
        Assert.Equal(("down", "installation"), (Text(status, "state"), Text(status, "scope")));
        Assert.DoesNotContain("acct_", status.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("unknown", Text(await other.GetAsync("/api/v1/providers/notion/status"), "state"));
    }

    [Fact]
    public async Task A_connection_with_addresses_of_its_own_says_nothing_of_the_provider()
    {
        foreach (var settings in new[] { """{"base_url":"https://mirror.example"}""", """{"token_url":"https://mirror.example"}""" })
        {
            await SawAsync("slack", (await OrganizationSide.CreateAsync(_side.Server)).Id, ProviderTrouble.NoAnswer, 5, settings);
        }

        Assert.Equal("unknown", Text(await StatusAsync("slack"), "state"));
    }

    [Fact]
    public async Task An_organizations_own_provider_is_known_to_nobody_else()
    {
        using var answer = await (await OrganizationSide.CreateAsync(_side.Server)).SendAsync(HttpMethod.Get, "/api/v1/providers/fake/status");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_test_that_cannot_tell_says_that_the_provider_has_trouble()
    {
        var key = await _side.KeyConnectionAsync(new ConnectionSettings { Retries = 0 });
        _side.Provider.OnApi(FakeFaults.Status(503), FakeFaults.Status(503), FakeFaults.Status(503));
        var alone = await _side.Acme.PostAsync($"/api/v1/connections/{key.Id}/test");
        Assert.Equal(("cannot_tell", "unknown"), (Text(alone, "verdict"), Text(alone.GetProperty("provider_status"), "state")));
        Assert.DoesNotContain("has trouble", Text(alone, "message"), StringComparison.Ordinal);

        foreach (var account in new[] { await _side.AccountAsync(_connection), await _side.AccountAsync(_connection) })
        {
            using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x");
        }

        await _side.WriteUsageAsync();
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
        _side.Provider.OnApi(FakeFaults.Status(503));
        var result = await _side.Acme.PostAsync($"/api/v1/connections/{key.Id}/test");
        Assert.Equal(("cannot_tell", "provider_unavailable", "down"), (Text(result, "verdict"), Text(result, "cause"), Text(result.GetProperty("provider_status"), "state")));
        Assert.StartsWith("Nobody can tell: the provider has trouble.", Text(result, "message"), StringComparison.Ordinal);
    }

    private async Task CallAsync(string accountId, FakeFault fault)
    {
        _side.Provider.OnApi(fault);
        using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{accountId}/proxy/x");
    }

    /// <summary>What everybody has seen so far.</summary>
    private async Task<JsonElement> StatusAsync(string provider)
    {
        await _side.WriteUsageAsync();
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
        return await _side.Acme.GetAsync($"/api/v1/providers/{provider}/status");
    }

    /// <summary>Accounts of an organization saw this of a provider that comes with the server.</summary>
    private Task<int> SawAsync(string provider, string organizationId, ProviderTrouble? trouble, int accounts, string settings = "{}") => _side.Server.QueryAsync(async context =>
    {
        var now = _side.Server.Clock.Now;
        var connection = new Connection { Id = Identifiers.New(Connection.IdPrefix, now), OrganizationId = organizationId, ProviderId = provider, Name = "Seen", Settings = settings, CreatedAt = now, UpdatedAt = now };
        context.Connections.Add(connection);
        context.CredentialPulses.AddRange(Enumerable.Range(0, accounts).Select(i => new CredentialPulse
        {
            ConnectionId = connection.Id,
            AccountId = $"ca_{i}",
            ToldAt = now,
            SeenAt = now,
            Trouble = trouble,
            TroubledSince = trouble is null ? null : now,
        }));
        return await context.SaveChangesAsync();
    });
}
