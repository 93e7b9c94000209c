using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>The list of delegations: filters, and reading on.</summary>
public sealed class DelegationListTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task An_agent_tells_what_it_gave_from_what_it_received_and_what_lives_from_what_is_dead()
    {
        var (me, worker, maker) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        var given = await me.DelegatedAsync(worker, ["api.read"]);
        var ended = await me.DelegatedAsync(maker, ["api.read"]);
        var expired = await me.DelegatedAsync(maker, ["api.write"], new() { ["expires_at"] = side.Server.Clock.Now.AddSeconds(5) });
        var received = await maker.DelegatedAsync(me, ["api.write"]);
        using var rest = me.Rest();
        (await rest.DeleteAsync("/delegations/" + ended)).Is(HttpStatusCode.OK);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(6));

        async Task HoldsAsync(string query, params string[] ids) =>
            Assert.Equal(ids.Order(StringComparer.Ordinal), Ids((await rest.GetAsync("/delegations?" + query)).Is(HttpStatusCode.OK).Json).Order(StringComparer.Ordinal));
        await HoldsAsync("", given, ended, expired, received);
        await HoldsAsync("direction=given", given, ended, expired);
        await HoldsAsync("direction=received", received);
        await HoldsAsync("is_active=true", given, received);
        await HoldsAsync("isActive=false", ended, expired);
        await HoldsAsync("direction=given&is_active=true", given);
        await HoldsAsync("agent_id=" + maker.Id, ended, expired, received);
        await HoldsAsync($"agent_id={maker.Id}&direction=given", received);
        await HoldsAsync("delegate_agent_id=" + worker.Id, given);
        await HoldsAsync($"delegatorAgentId={maker.Id}", received);
        await HoldsAsync($"delegator_agent_id={maker.Id}&is_active=false");
    }

    [Fact]
    public async Task A_filter_shows_nobody_what_is_not_theirs()
    {
        var (me, other, third) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await other.DelegatedAsync(third, ["api.read"]);
        using var rest = me.Rest();
        foreach (var query in new[] { "agent_id=" + other.Id, "delegator_agent_id=" + other.Id, "delegate_agent_id=" + third.Id, $"agent_id={other.Id}&direction=given" })
        {
            var page = (await rest.GetAsync("/delegations?" + query)).Is(HttpStatusCode.OK).Json;
            Assert.Equal((0, 0), (page.GetProperty("data").GetArrayLength(), page.GetProperty("meta").GetProperty("total").GetInt32()));
        }
    }

    [Fact]
    public async Task A_list_is_read_on_by_its_cursor_while_new_ones_are_given()
    {
        var me = await side.AgentAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, await me.DelegatedAsync(await side.AgentAsync(), ["api.read"]));
            side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        using var rest = me.Rest();
        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = (await rest.GetAsync("/delegations?limit=2" + (cursor.Length == 0 ? "" : "&cursor=" + cursor))).Is(HttpStatusCode.OK).Json;
            seen.AddRange(Ids(page));
            cursor = page.GetProperty("meta").TryGetProperty("nextCursor", out var next) ? next.GetString()! : "";
            await me.DelegatedAsync(await side.AgentAsync(), ["api.read"]);
            side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        }
        while (cursor.Length > 0);

        Assert.Equal(ids, seen);
        var whole = (await rest.GetAsync("/delegations?limit=200&offset=3")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(ids, Ids(whole));
        Assert.False(whole.GetProperty("meta").TryGetProperty("nextCursor", out _));
    }

    [Theory]
    [InlineData("is_active=yes", "is_active")]
    [InlineData("direction=both", "direction")]
    [InlineData("agent_id=nobody", "agent_id")]
    [InlineData("delegate_agent_id=", "delegate_agent_id")]
    [InlineData("delegatorAgentId=acct_1", "delegator_agent_id")]
    [InlineData("cursor=next", "cursor")]
    public async Task What_is_no_filter_is_named(string query, string field)
    {
        var me = await side.AgentAsync();
        using var rest = me.Rest();
        var answer = (await rest.GetAsync("/delegations?" + query)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([field], answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task A_developer_says_whose_side_is_meant()
    {
        var (me, worker) = (await side.AgentAsync(), await side.AgentAsync());
        var given = await me.DelegatedAsync(worker, ["api.read"]);
        using var rest = side.As(side.Organization.Key);
        (await rest.GetAsync("/delegations?direction=given")).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([given], Ids((await rest.GetAsync($"/delegations?direction=given&agent_id={me.Id}")).Is(HttpStatusCode.OK).Json));
        Assert.Empty(Ids((await rest.GetAsync($"/delegations?direction=received&agent_id={me.Id}")).Is(HttpStatusCode.OK).Json));
    }

    private static string[] Ids(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("id").GetString()!)];
}
