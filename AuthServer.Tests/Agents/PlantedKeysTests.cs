using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Agents.Credentials;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Agents;

/// <summary>Whoever stole an API key can set the keys that an agent's tokens are bound to: they are seen, go with that API key, and can be taken away.</summary>
[Trait("negative", "5")]
public sealed class PlantedKeysTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Theory]
    [InlineData("revoked")]
    [InlineData("rotated")]
    [InlineData("ended with what it hangs on")]
    public async Task They_go_with_the_API_key_that_set_them_from_every_agent(string end)
    {
        using var planted = SigningKey.Create(JwsAlgorithm.ES256);
        using var kept = SigningKey.Create(JwsAlgorithm.ES256);
        var (giver, agent) = (await side.AgentAsync(), await side.AgentAsync([.. ChainSide.Own, "agents.write"]));
        var (child, other) = (await MadeByAsync(agent), await MadeByAsync(agent));
        var (stolen, delegation) = (await AnotherKeyAsync(agent), await giver.DelegatedAsync(agent, ["api.read"]));
        await SetAsync(stolen.Key, agent.Id, planted);
        await SetAsync(stolen.Key, child, planted);
        await SetAsync(stolen.Key, other, planted);
        await SetAsync(agent.Key, other, kept);
        foreach (var id in new[] { agent.Id, child })
        {
            Assert.Equal([planted.PublicKey.Thumbprint], await ShownAsync(id));
            Assert.Equal(planted.PublicKey.Thumbprint, await SignedAsync(id));
        }

        Assert.Equal(planted.PublicKey.Thumbprint, await BoundToAsync(agent, delegation));
        await EndAsync(end, stolen);

        foreach (var id in new[] { agent.Id, child })
        {
            Assert.Null(await ShownAsync(id));
            Assert.Null(await SignedAsync(id));
        }

        Assert.Null(await BoundToAsync(agent, delegation));
        Assert.Equal([kept.PublicKey.Thumbprint], await ShownAsync(other));
    }

    [Fact]
    public async Task What_came_with_the_agent_outlives_the_key_that_came_with_it()
    {
        using var brought = SigningKey.Create(JwsAlgorithm.ES256);
        using var nobody = side.As(null);
        var asked = new JsonObject { ["name"] = $"agent {Guid.NewGuid():N}", ["agent_type"] = "tool", ["jwks"] = Set(brought) };
        var started = (await nobody.PostAsync("/agents/quickstart", asked)).Is(HttpStatusCode.Created).Json;
        using var rest = side.As(started.GetProperty("api_key").GetString());
        var next = (await rest.PostAsync($"/credentials/{started.GetProperty("credential_id").GetString()}/rotate")).Is(HttpStatusCode.OK).Json.GetProperty("raw_key").GetString();

        using var again = side.As(next);
        var shown = (await again.GetAsync("/agents/" + started.GetProperty("agent").GetProperty("id").GetString())).Is(HttpStatusCode.OK).Json;
        Assert.Equal(brought.PublicKey.Thumbprint, Assert.Single(shown.GetProperty("keyThumbprints").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_developer_sees_and_takes_them_away_and_the_agent_proves_itself_as_before()
    {
        using var planted = SigningKey.Create(JwsAlgorithm.ES256);
        using var second = SigningKey.Create(JwsAlgorithm.ES256);
        var (giver, agent) = (await side.AgentAsync(), await side.AgentAsync());
        var delegation = await giver.DelegatedAsync(agent, ["api.read"]);
        await SetAsync(agent.Key, agent.Id, planted, second);
        Assert.Equal([planted.PublicKey.Thumbprint, second.PublicKey.Thumbprint], await ShownAsync(agent.Id));

        var bounded = await CertificateSide.CreateAsync(side.Server, side.Organization, new { name = "Bound", scopes = new[] { "credentials.write" } });
        (await PutAsync(bounded.Sign(), agent.Id, Set())).Is(HttpStatusCode.Forbidden, "beyond_own_rights");
        (await PutAsync(agent.Key, agent.Id, Set())).Is(HttpStatusCode.BadRequest, "invalid_request");
        var cleared = (await PutAsync(side.Organization.Key, agent.Id, Set())).Is(HttpStatusCode.OK).Json;

        Assert.False(cleared.TryGetProperty("keyThumbprints", out _));
        Assert.Null(await ShownAsync(agent.Id));
        Assert.Null(await BoundToAsync(agent, delegation));
        Assert.Equal(2, (await side.Server.TrailAsync(AgentEvents.KeysReplaced)).Count(row => row.Target == agent.Id));
        (await PutAsync(side.Organization.Key, agent.Id, Set())).Is(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Keys_by_which_an_agent_proves_itself_are_not_taken_away()
    {
        using var own = SigningKey.Create(JwsAlgorithm.ES256);
        var agent = await side.SignerAsync([own]);

        (await PutAsync(side.Organization.Key, agent.Id, Set())).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([own.PublicKey.Thumbprint], await ShownAsync(agent.Id));
    }

    [Fact]
    public async Task A_request_that_is_on_its_way_while_its_key_is_revoked_sets_nothing()
    {
        using var planted = SigningKey.Create(JwsAlgorithm.ES256);
        var agent = await side.AgentAsync();
        var stolen = await AnotherKeyAsync(agent);
        var client = (await side.Server.Services.GetRequiredService<ApiKeys>().FindAsync(stolen.Key, default))!;
        var onItsWay = new ActingParty(new ActingAgent(client.Agent!, client, agent.Id, [.. client.Scopes], null, null, [stolen.KeyId]));
        await EndAsync("revoked", stolen);

        var answer = await side.Server.Services.GetRequiredService<OwnKeys>().ReplaceAsync(
            new DefaultHttpContext(), onItsWay, agent.Id, new NewKeys { Keys = JsonElement.Parse(Set(planted)["keys"]!.ToJsonString()) }, default);
        Assert.Equal("key_ended", answer.Problem?.Code);
        Assert.Null(await ShownAsync(agent.Id));
    }

    private static JsonNode Set(params SigningKey[] keys) => JsonNode.Parse(TokenSide.Jwks(keys))!;

    private async Task<RestAnswer> PutAsync(string credential, string id, JsonNode keys)
    {
        using var rest = side.As(credential);
        return await rest.SendAsync(HttpMethod.Put, $"/agents/{id}/jwks", keys);
    }

    private async Task SetAsync(string credential, string id, params SigningKey[] keys) => (await PutAsync(credential, id, Set(keys))).Is(HttpStatusCode.OK);

    private static async Task<string> MadeByAsync(KeyedAgent parent)
    {
        using var rest = parent.Rest();
        return (await rest.PostAsync("/agents", new { name = $"child {Guid.NewGuid():N}", allowedScopes = new[] { "api.read" } })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
    }

    /// <summary>A second key of the same agent.</summary>
    private async Task<KeyedAgent> AnotherKeyAsync(KeyedAgent agent)
    {
        using var rest = side.As(side.Organization.Key);
        var made = (await rest.PostAsync("/credentials", new { agent_id = agent.Id })).Is(HttpStatusCode.Created).Json;
        return agent with { Key = made.GetProperty("raw_key").GetString()!, KeyId = made.GetProperty("credential").GetProperty("id").GetString()! };
    }

    private async Task EndAsync(string end, KeyedAgent stolen)
    {
        using var rest = side.As(side.Organization.Key);
        var ended = stolen.KeyId;
        if (end.StartsWith("ended", StringComparison.Ordinal))
        {
            ended = (await AnotherKeyAsync(stolen)).KeyId;
            await side.Server.QueryAsync(context => context.ApiKeys.Where(key => key.Id == stolen.KeyId).ExecuteUpdateAsync(set => set.SetProperty(key => key.GivenById, ended)));
        }

        (await (end == "rotated" ? rest.PostAsync($"/credentials/{ended}/rotate") : rest.DeleteAsync("/credentials/" + ended))).Is(HttpStatusCode.OK);
    }

    /// <summary>The thumbprints that a developer is shown; null: none.</summary>
    private async Task<IEnumerable<string>?> ShownAsync(string id) =>
        (await side.Organization.GetAsync("/api/v1/agents/" + id)).TryGetProperty("keyThumbprints", out var shown) ? shown.EnumerateArray().Select(one => one.GetString()!) : null;

    /// <summary>The key that this server signs for; null: none.</summary>
    private async Task<string?> SignedAsync(string id)
    {
        var document = (await side.Organization.GetAsync($"/api/v1/agents/{id}/credential")).GetProperty("credential").GetString()!;
        return ChainSide.Claims(document).TryGetProperty("cnf", out var bound) ? bound.GetProperty("jkt").GetString() : null;
    }

    private static async Task<string?> BoundToAsync(KeyedAgent agent, string delegation)
    {
        var token = (await agent.ActAsync(delegation)).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
        return ChainSide.Claims(token).TryGetProperty("cnf", out var bound) ? bound.GetProperty("jkt").GetString() : null;
    }
}
