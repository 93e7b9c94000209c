using System.Net;
using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>Agents that agents make: below themselves, within their own rights, and not too deep.</summary>
public sealed class ChildrenTests(ChainSide side) : IClassFixture<ChainSide>
{
    private static readonly string[] Rights = [.. ChainSide.Own, "agents.write", "agents.delete"];

    [Fact]
    public async Task Its_tokens_say_who_made_it_and_those_of_the_first_of_a_tree_say_nothing()
    {
        var parent = await side.AgentAsync(Rights);
        using var rest = parent.Rest();
        using var nobody = side.As(null);
        var made = (await rest.PostAsync("/agents", new { name = Name(), agent_type = "tool", allowed_scopes = new[] { "api.read" } })).Is(HttpStatusCode.Created).Json;
        var key = (await rest.PostAsync("/credentials", new { agent_id = Text(made, "id") })).Is(HttpStatusCode.Created).Json;
        var child = parent with { Id = Text(made, "id"), Key = Text(key, "raw_key") };

        foreach (var (agent, above) in new[] { (child, parent.Id), (parent, null) })
        {
            var tokens = await agent.AuthenticateAsync("api.read");
            foreach (var name in new[] { "access_token", "refresh_token" })
            {
                var told = (await nobody.PostAsync("/auth/token/introspect", new { client_secret = agent.Key, token = Text(tokens, name) })).Is(HttpStatusCode.OK).Json;
                Assert.Equal(above, told.TryGetProperty("parent_agent_id", out var said) ? said.GetString() : null);
                Assert.Equal((above is null ? "assistant" : "tool", above is null ? "root" : "delegated"), (Text(told, "agent_type"), Text(told, "trust_level")));
            }
        }
    }

    [Fact]
    public async Task An_agent_makes_a_child_that_works_for_the_same_people()
    {
        var parent = await side.AgentAsync(Rights);
        using var rest = parent.Rest();
        var answer = (await rest.PostAsync("/agents", new { name = Name(), agent_type = "tool", allowed_scopes = new[] { "api.read" } })).Is(HttpStatusCode.Created);
        var child = answer.Json;

        Assert.Equal((parent.Id, "delegated", side.Organization.UserId, side.Organization.Id), (Text(child, "parentAgentId"), Text(child, "trustLevel"), Text(child, "ownerId"), Text(child, "organizationId")));
        Assert.Equal(2, child.GetProperty("maxChildDepth").GetInt32());
        Assert.Equal(Text(child, "id"), Text((await rest.GetAsync($"/agents/{parent.Id}/children")).Is(HttpStatusCode.OK).Json.GetProperty("data")[0], "id"));
        using var token = await AgentInstallation.AskTokenAsync(side.Server, child);
        Assert.Equal(HttpStatusCode.OK, token.StatusCode);
        var told = Assert.Single(await side.Server.TrailAsync(AgentEvents.Registered), row => row.AgentId == Text(child, "id"));
        Assert.Equal((parent.Id, side.Organization.Id), (told.Subject, told.OrganizationId));
        Assert.Contains(parent.KeyId, told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_gets_no_right_that_its_maker_has_not_and_nothing_that_leads_people_to_it()
    {
        var parent = await side.AgentAsync("agents.write", "api.read");
        using var rest = parent.Rest();
        var errors = (await rest.PostAsync("/agents", new
        {
            name = Name(),
            allowed_scopes = new[] { "api.read", "api.write", "email:read", "api.*" },
            redirect_uris = new[] { "https://mallory.example/cb" },
            owner_id = side.Organization.UserId,
            trust_level = "root",
        })).Is(HttpStatusCode.BadRequest, "invalid_request").Json.GetProperty("errors");

        Assert.Equal(
            ["allowedScopes[1]", "allowedScopes[2]", "allowedScopes[3]", "ownerId", "redirectUris", "trustLevel"],
            errors.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal("beyond_own_rights", (await side.ReasonsAsync("access.refused"))[^1]);
    }

    [Fact]
    public async Task No_tree_grows_deeper_than_its_root_allows()
    {
        var root = await side.AgentAsync(Rights);
        var above = root.Id;
        using var rest = root.Rest();
        for (var left = 2; left >= 0; left--)
        {
            var child = (await rest.PostAsync("/agents", new { name = Name(), parent_agent_id = above })).Is(HttpStatusCode.Created).Json;
            Assert.Equal(left, child.GetProperty("maxChildDepth").GetInt32());
            above = Text(child, "id");
        }

        var deep = (await rest.PostAsync("/agents", new { name = Name(), parent_agent_id = above })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(deep.Json.GetProperty("errors").TryGetProperty("parentAgentId", out _));
        await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/agents", new { name = Name(), parentAgentId = above }, HttpStatusCode.BadRequest);
        var wide = (await rest.PostAsync("/agents", new { name = Name(), max_child_depth = 3 })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(wide.Json.GetProperty("errors").TryGetProperty("maxChildDepth", out _));
        await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/agents", new { name = Name(), maxChildDepth = 11 }, HttpStatusCode.BadRequest);
        Assert.Equal(10, (await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/agents", new { name = Name(), maxChildDepth = 10 }, HttpStatusCode.Created)).GetProperty("maxChildDepth").GetInt32());
    }

    [Fact]
    public async Task An_agent_changes_and_ends_those_that_it_made_and_no_other()
    {
        var (parent, stranger) = (await side.AgentAsync(Rights), await side.AgentAsync(Rights));
        using var rest = parent.Rest();
        var child = Text((await rest.PostAsync("/agents", new { name = Name() })).Is(HttpStatusCode.Created).Json, "id");
        var name = Name();

        Assert.Equal(name, Text((await rest.PatchAsync("/agents/" + child, new { name, allowed_scopes = new[] { "api.read" } })).Is(HttpStatusCode.OK).Json, "name"));
        (await rest.PatchAsync("/agents/" + child, new { redirectUris = new[] { "https://mallory.example" } })).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await rest.PatchAsync("/agents/" + parent.Id, new { name })).Is(HttpStatusCode.Forbidden, "own_record");
        (await rest.DeleteAsync("/agents/" + parent.Id)).Is(HttpStatusCode.Forbidden, "own_record");
        using (var other = stranger.Rest())
        {
            (await other.PatchAsync("/agents/" + child, new { name })).Is(HttpStatusCode.NotFound);
            (await other.DeleteAsync("/agents/" + child)).Is(HttpStatusCode.NotFound);
        }

        (await rest.DeleteAsync("/agents/" + child)).Is(HttpStatusCode.NoContent);
        Assert.Equal("revoked", Text((await rest.GetAsync("/agents/" + child)).Is(HttpStatusCode.OK).Json, "status"));
    }

    [Fact]
    public async Task Without_the_scope_or_in_anothers_name_no_agent_makes_agents()
    {
        var (reader, delegator) = (await side.AgentAsync(), await side.AgentAsync(Rights));
        using (var rest = reader.Rest())
        {
            (await rest.PostAsync("/agents", new { name = Name() })).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        }

        var delegate1 = await side.AgentAsync(Rights);
        var acting = await delegate1.ActAsync(await delegator.DelegatedAsync(delegate1, ["agents.write"]));
        using var borrowed = side.As(acting.Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString());
        (await borrowed.PostAsync("/agents", new { name = Name() })).Is(HttpStatusCode.Forbidden, "acts_for_another");
    }

    [Fact]
    public async Task An_unclaimed_agents_children_are_bounded_and_come_with_it()
    {
        var started = await UnclaimedSide.StartAsync(side.Server);
        using var rest = side.As(Text(started, "api_key"));
        for (var i = 0; i < 50; i++)
        {
            var child = (await rest.PostAsync("/agents", new { name = $"child {i}" })).Is(HttpStatusCode.Created).Json;
            Assert.False(child.TryGetProperty("ownerId", out _));
        }

        (await rest.PostAsync("/agents", new { name = "one too many" })).Is(HttpStatusCode.Forbidden, "too_many_children");
    }

    [Fact]
    public async Task A_name_is_one_agents_within_its_organization_until_that_one_is_revoked()
    {
        var (name, acme) = (Name(), side.Organization);
        var first = await acme.RegisterAsync(OrganizationSide.Agent(("name", name)));
        var second = await acme.RegisterAsync();

        var refused = await acme.AskAsync(HttpMethod.Post, "/api/v1/agents", new { name = name.ToUpperInvariant() }, HttpStatusCode.Conflict);
        Assert.Equal("agent_name_conflict", Text(refused, "code"));
        Assert.Contains(name.ToUpperInvariant(), Text(refused, "detail"), StringComparison.Ordinal);
        Assert.Equal("agent_name_conflict", Text(await acme.AskAsync(HttpMethod.Patch, AgentInstallation.PathOf(second), new { name }, HttpStatusCode.Conflict), "code"));
        await acme.AskAsync(HttpMethod.Patch, AgentInstallation.PathOf(first), new { name = name.ToUpperInvariant() });
        await (await OrganizationSide.CreateAsync(side.Server)).RegisterAsync(OrganizationSide.Agent(("name", name)));

        await acme.PostAsync(AgentInstallation.PathOf(first, "/suspend"));
        await acme.AskAsync(HttpMethod.Post, "/api/v1/agents", new { name }, HttpStatusCode.Conflict);
        await acme.AskAsync(HttpMethod.Delete, AgentInstallation.PathOf(first), null, HttpStatusCode.NoContent);
        await acme.AskAsync(HttpMethod.Patch, AgentInstallation.PathOf(second), new { name });
    }

    private static string Name() => $"agent {Guid.NewGuid():N}";

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
