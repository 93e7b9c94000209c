using AuthServer.Tests.Support;
using static AuthServer.Tests.Agents.AgentInstallation;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary>Two servers on one PostgreSQL: what is done to an agent at one holds at the other.</summary>
[Trait("negative", "59")]
public sealed class TwoNodesTests : IAsyncLifetime
{
    private TestServer _one = null!;
    private TestServer _two = null!;
    private OrganizationSide _acme = null!;

    public async Task InitializeAsync()
    {
        (string, string)[] shared =
        [
            .. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), ("AuthServer:Database:Provider", "PostgreSql"),
            ("AuthServer:Database:ConnectionString", await PostgreSqlCluster.CreateDatabaseAsync()),
        ];
        _one = await TestServer.StartAsync(shared);
        _two = await TestServer.StartAsync([.. shared, ("AuthServer:Issuer", _one.Issuer), ("AuthServer:Keys:Directory", Path.Combine(_one.Home, "keys"))]);
        _one.Clock.AdvanceTo(_two.Clock.Now);
        await ObserveAsync(_one);
        _acme = await OrganizationSide.CreateAsync(_one);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task Suspended_at_one_it_has_and_gets_nothing_at_the_other()
    {
        var agent = await _acme.RegisterAsync();
        var own = await TokenAsync(_two, agent);
        using var redeemed = await RedeemAsync(_two, agent, await CodeAsync(_one, agent));
        var tokens = await OkAsync(redeemed);
        Assert.True(await IsActiveAsync(_two, own));

        await _acme.PostAsync(PathOf(agent, "/suspend"));

        await Waiting.UntilAsync(() => IsActiveAsync(_two, own), active => !active);
        Assert.False(await IsActiveAsync(_two, Text(tokens, "access_token")));
        using var asked = await AskTokenAsync(_two, agent);
        await Flows.AssertErrorAsync(asked, 401, "invalid_client");
        using var refreshed = await RefreshAsync(_two, agent, Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(refreshed, 401, "invalid_client");

        _one.Clock.Advance(TimeSpan.FromSeconds(2));
        _two.Clock.AdvanceTo(_one.Clock.Now);
        await _acme.At(_two).PostAsync(PathOf(agent, "/resume"));

        Assert.True(await IsActiveAsync(_one, await TokenAsync(_one, agent)));
        Assert.False(await IsActiveAsync(_one, own));
        using var dead = await RefreshAsync(_one, agent, Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(dead, 400, "invalid_grant");
    }

    [Fact]
    public async Task What_an_agent_made_stops_at_the_other_node_when_it_is_suspended_and_may_less_when_it_is_narrowed()
    {
        var parent = await _acme.RegisterAsync();
        var child = await _acme.RegisterAsync(OrganizationSide.Agent(("parentAgentId", Text(parent, "id"))));
        var wide = await TokenAsync(_two, child);
        Assert.True(await IsActiveAsync(_two, wide));

        await _acme.AskAsync(HttpMethod.Patch, PathOf(parent), new { allowedScopes = new[] { "email:read" } });

        await Waiting.UntilAsync(() => IsActiveAsync(_two, wide), active => !active);
        _one.Clock.Advance(TimeSpan.FromSeconds(2));
        _two.Clock.AdvanceTo(_one.Clock.Now);
        using (var narrowed = await AskTokenAsync(_two, child))
        {
            Assert.Equal("email:read", Text(await OkAsync(narrowed), "scope"));
        }

        var own = await TokenAsync(_two, child);
        await _acme.PostAsync(PathOf(parent, "/suspend"));

        await Waiting.UntilAsync(() => IsActiveAsync(_two, own), active => !active);
        using var asked = await AskTokenAsync(_two, child);
        await Flows.AssertErrorAsync(asked, 401, "invalid_client");
    }

    [Fact]
    public async Task A_secret_rotated_at_one_is_refused_at_the_other_and_the_new_one_works_there_at_once()
    {
        var agent = await _acme.RegisterAsync();
        Assert.NotEmpty(await TokenAsync(_two, agent));

        var second = Text(await _acme.PostAsync(PathOf(agent, "/rotate-secret"), new { overlapSeconds = 600 }), "clientSecret");
        Assert.NotEmpty(await TokenAsync(_two, agent, second));
        Assert.NotEmpty(await TokenAsync(_two, agent));

        var third = Text(await _acme.PostAsync(PathOf(agent, "/rotate-secret")), "clientSecret");
        Assert.NotEmpty(await TokenAsync(_two, agent, third));
        await Waiting.UntilAsync(
            async () =>
            {
                using var old = await AskTokenAsync(_two, agent, second);
                return old.IsSuccessStatusCode;
            },
            works => !works);
    }
}
