using System.Net;
using AuthServer.Agents;
using AuthServer.Agents.Claims;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Agents;

/// <summary>An identity in one call, without an account.</summary>
public sealed class QuickstartTests(UnclaimedSide side) : IClassFixture<UnclaimedSide>
{
    [Fact]
    public async Task One_call_gives_an_agent_a_key_and_tokens_that_work()
    {
        var started = await side.StartAsync();
        var agent = started.GetProperty("agent");
        var token = started.GetProperty("token");
        using var rest = side.As(token.GetProperty("access_token").GetString());

        Assert.Equal(("autonomous", "root", "active"), (Text(agent, "agent_type"), Text(agent, "trust_level"), Text(agent, "status")));
        Assert.StartsWith("ak_live_", Text(started, "api_key"), StringComparison.Ordinal);
        Assert.StartsWith(Text(started, "api_key_prefix"), Text(started, "api_key"), StringComparison.Ordinal);
        Assert.Equal(900, token.GetProperty("expires_in").GetInt64());
        Assert.Equal(TimeSpan.FromMinutes(14), token.GetProperty("refresh_before").GetDateTimeOffset() - token.GetProperty("issued_at").GetDateTimeOffset());
        Assert.Equal(QuickstartScopes.All.Order(StringComparer.Ordinal), Text(token, "scope").Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal(Text(agent, "id"), Text((await rest.GetAsync("/agents/" + Text(agent, "id"))).Is(HttpStatusCode.OK).Json, "id"));
        (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = Text(started, "api_key") })).Is(HttpStatusCode.OK);
        (await side.AuthAsync(new { grant_type = "refresh_token", refresh_token = Text(token, "refresh_token") })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_it_may_do_reaches_no_people_no_money_and_no_rules()
    {
        var known = AuthServer.Scopes.PredefinedScopes.ByName;

        Assert.All(QuickstartScopes.All, scope => Assert.Contains(known[scope].Category, new[] { "api", "agents", "credentials", "delegations", "policies", "tokens" }));
        Assert.DoesNotContain("policies.write", QuickstartScopes.All);
        var key = Text(await side.StartAsync(), "api_key");
        foreach (var beyond in new[] { "admin.full", "email:read", "payments:charge", "openid", "offline_access" })
        {
            var refused = (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = key, scope = beyond })).Is(HttpStatusCode.BadRequest);
            Assert.Equal("invalid_scope", Text(refused.Json, "error"));
        }
    }

    [Fact]
    public async Task It_has_an_organization_of_its_own_and_sees_nobody_elses_agents()
    {
        var (one, other) = (await side.StartAsync(), await side.StartAsync());
        using var rest = side.As(Text(one, "api_key"));

        Assert.Equal(1, (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK).Json.GetProperty("meta").GetProperty("total").GetInt64());
        (await rest.GetAsync("/agents/" + Text(other.GetProperty("agent"), "id"))).Is(HttpStatusCode.NotFound, "not_found");
        Assert.NotEqual(Text(one.GetProperty("agent"), "organization_id"), Text(other.GetProperty("agent"), "organization_id"));
        var organization = Text(one.GetProperty("agent"), "organization_id");
        Assert.False(await side.Server.QueryAsync(context => context.Members.AnyAsync(member => member.OrganizationId == organization)));
    }

    [Fact]
    public async Task Without_its_key_nobody_is_the_agent()
    {
        var client = Text((await side.StartAsync()).GetProperty("agent"), "client_id");

        foreach (var secret in new[] { null, "", "ak_live_", "ags_guess" })
        {
            var refused = await side.AuthAsync(new { grant_type = "client_credentials", client_id = client, client_secret = secret });
            Assert.Contains(refused.Status, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest });
        }
    }

    [Fact]
    public async Task What_is_wrong_is_named_field_by_field()
    {
        using var nobody = side.As(null);
        var errors = (await nobody.PostAsync("/agents/quickstart", new { name = " ", description = "\u200b" })).Is(HttpStatusCode.BadRequest, "invalid_request").Json.GetProperty("errors");

        Assert.Equal(["agent_type", "description", "name"], errors.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        (await nobody.PostAsync("/agents/quickstart", new { name = "x", agent_type = "overlord" })).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await nobody.PostAsync("/agents/quickstart", new { name = "x", agent_type = "tool", scopes = new[] { "admin.full" } })).Is(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_name_that_another_unclaimed_agent_has_is_refused_and_named_in_any_case()
    {
        var name = $"Ärger {Guid.NewGuid():N}";
        await side.StartAsync(name);
        using var nobody = side.As(null);

        foreach (var again in new[] { name, name.ToUpperInvariant(), name.Normalize(System.Text.NormalizationForm.FormD) })
        {
            var refused = (await nobody.PostAsync("/agents/quickstart", new { name = again, agent_type = "tool" })).Is(HttpStatusCode.Conflict, "agent_name_conflict");
            Assert.EndsWith("/docs/errors#agent_name_conflict", Text(refused.Json, "type"), StringComparison.Ordinal);
            Assert.Contains(again, Text(refused.Json, "detail"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_key_the_claim_and_the_tokens_are_kept_as_hashes_and_the_trail_says_who_came()
    {
        var started = await side.StartAsync();
        var id = Text(started.GetProperty("agent"), "id");
        var token = Text(started.GetProperty("claim"), "url").Split("claim=")[1];
        var (claim, key) = await side.Server.QueryAsync(async context => (
            await context.AgentClaims.SingleAsync(row => row.AgentId == id), await context.ApiKeys.SingleAsync(row => row.AgentId == id)));

        Assert.NotEqual(token, claim.TokenHash);
        Assert.DoesNotContain(Text(started, "api_key")[16..], key.Hash, StringComparison.Ordinal);
        var told = Assert.Single(await side.Server.TrailAsync(AgentEvents.QuickStarted), row => row.AgentId == id);
        Assert.Equal((Text(started.GetProperty("agent"), "organization_id"), true), (told.OrganizationId, told.Subject is null));
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains(token, StringComparison.Ordinal) || line.Contains(Text(started, "api_key"), StringComparison.Ordinal));
    }

    private static string Text(System.Text.Json.JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
