using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Http;

/// <summary>What goes well is paced too, where nobody answers for it, or where it costs much.</summary>
public sealed class PartyPaceTests : IAsyncLifetime
{
    private const int PerMinute = 4;

    private readonly ChainSide _side = new() { More = [("AuthServer:RateLimits:NewAgents", "100")], PerKey = PerMinute };

    public Task InitializeAsync() => _side.InitializeAsync();

    public Task DisposeAsync() => _side.DisposeAsync();

    [Fact]
    public async Task A_stranger_verifies_tokens_no_faster_than_a_key_may_call_and_an_API_as_fast_as_it_likes()
    {
        var body = new { token = await (await _side.AgentAsync()).TokenAsync(), requiredScopes = new[] { "api.read" } };
        using var stranger = _side.As(null);
        for (var i = 0; i < PerMinute; i++)
        {
            Assert.True((await stranger.PostAsync("/tokens/verify", body)).Is(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean());
        }

        (await stranger.PostAsync("/tokens/verify", body)).Is(HttpStatusCode.TooManyRequests, "too_many_requests");
        using var api = _side.As(_side.Organization.Key);
        for (var i = 0; i <= PerMinute; i++)
        {
            (await api.PostAsync("/tokens/verify", body)).Is(HttpStatusCode.OK);
        }

        _side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        (await stranger.PostAsync("/tokens/verify", body)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_agent_that_nobody_claimed_and_its_children_together_get_tokens_at_the_pace_of_one_key()
    {
        var (started, other) = (await UnclaimedSide.StartAsync(_side.Server), await UnclaimedSide.StartAsync(_side.Server));
        using var rest = _side.As(Text(started, "api_key"));
        var child = (await rest.PostAsync("/agents", new { name = "child" })).Is(HttpStatusCode.Created).Json;
        var childKey = Text((await rest.PostAsync("/credentials", new { agent_id = Text(child, "id"), scopes = Array.Empty<string>() })).Is(HttpStatusCode.Created).Json, "raw_key");

        // Its first tokens came with the quickstart.
        for (var i = 0; i < PerMinute - 2; i++)
        {
            (await AuthenticateAsync(Text(started, "api_key"))).Is(HttpStatusCode.OK);
        }

        // One that is refused counts like any other.
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await AuthenticateAsync(childKey)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AuthenticateAsync(childKey)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AuthenticateAsync(Text(started, "api_key"))).Status);
        (await AuthenticateAsync(Text(other, "api_key"))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_agent_that_somebody_answers_for_gets_tokens_as_fast_as_it_asks()
    {
        var agent = await _side.AgentAsync();
        for (var i = 0; i <= PerMinute; i++)
        {
            await agent.TokenAsync();
        }
    }

    [Fact]
    public async Task With_more_keys_an_agent_asks_the_policies_no_more_often()
    {
        var agent = await _side.AgentAsync("policies.read", "api.read");
        var second = Text(
            await _side.Organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent.Id }, HttpStatusCode.Created), "raw_key");
        var question = new { agent_id = agent.Id, action = "read", resource = "/api/v1/api" };
        foreach (var (key, answer) in new[] { (agent.Key, 200), (agent.Key, 200), (second, 200), (second, 200), (second, 429) })
        {
            using var rest = _side.As(key);
            Assert.Equal(answer, (int)(await rest.PostAsync("/policies/evaluate", question)).Status);
        }
    }

    private Task<RestAnswer> AuthenticateAsync(string key) => _side.AuthAsync(new { grant_type = "client_credentials", client_secret = key });

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
