using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Organizations;

/// <summary>An organization in figures, for its members alone.</summary>
public sealed class StatsTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task Figures_are_those_of_the_callers_organization()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var (alice, bob, other) = (await side.AgentAsync(acme), await side.AgentAsync(acme), await side.AgentAsync());
        await other.TokenAsync();
        await other.DelegatedAsync(alice, ["api.read"]);
        var delegation = await alice.DelegatedAsync(bob, ["api.read"]);
        await alice.DelegatedAsync(bob, ["api.write"]);
        await acme.AskAsync(HttpMethod.Delete, "/api/v1/delegations/" + delegation);
        var token = await alice.TokenAsync("api.read");
        foreach (var scope in new[] { "api.read", "api.read", "api.write" })
        {
            await acme.PostAsync("/api/v1/tokens/verify", new { token, requiredScopes = new[] { scope } });
        }

        await acme.AskAsync(HttpMethod.Delete, "/api/v1/credentials/" + bob.KeyId);
        await acme.PostAsync($"/api/v1/agents/{bob.Id}/suspend");

        var stats = await acme.GetAsync("/api/v1/stats");
        var data = stats.GetProperty("data");
        Assert.Equal((2, 2, 1, 2, 1, 1, 2, 1), (
            Number(data, "agents"), Number(data, "credentials"), Number(data, "credentials_active"), Number(data, "delegations"), Number(data, "delegations_active"),
            Number(data, "tokens_issued"), Number(data, "decisions_allowed"), Number(data, "decisions_denied")));
        Assert.Equal("""{"active":1,"suspended":1,"revoked":0}""", data.GetProperty("agents_by_status").GetRawText());
        Assert.Equal(2, data.GetProperty("agents_by_type").EnumerateObject().Sum(type => type.Value.GetInt32()));
        Assert.Equal(2, Number(data.GetProperty("agents_by_trust_level"), "root"));
        Assert.True(stats.GetProperty("meta").GetProperty("complete").GetBoolean());

        side.Server.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(0, Number((await acme.GetAsync("/api/v1/stats")).GetProperty("data"), "tokens_issued"));
    }

    [Fact]
    public async Task Every_member_reads_them_and_nobody_else_does()
    {
        var auditor = await side.Organization.ColleagueAsync(Role.Auditor);
        await auditor.GetAsync("/api/v1/stats");
        using var nobody = side.As(null);
        (await nobody.GetAsync("/stats")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        using var agent = side.As((await side.AgentAsync()).Key);
        (await agent.GetAsync("/stats")).Is(HttpStatusCode.Forbidden, "members_only");
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
