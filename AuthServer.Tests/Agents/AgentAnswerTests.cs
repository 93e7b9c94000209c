using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>What an answer says of an agent that AgentAuth's clients look for.</summary>
public sealed class AgentAnswerTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Theory]
    [InlineData("EC")]
    [InlineData("RSA")]
    public async Task A_key_that_was_registered_as_PEM_is_shown_as_PEM(string kind)
    {
        using AsymmetricAlgorithm key = kind == "EC" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
        var pem = key.ExportSubjectPublicKeyInfoPem();
        var made = await MakeAsync($$"""{"name":"{{Name()}}","public_key":{{JsonSerializer.Serialize(pem)}},"homepage_url":"https://home.example/","max_child_depth":10,"metadata":{"team":"mail"} }""");
        foreach (var agent in new[] { made, await side.Organization.GetAsync("/api/v1/agents/" + Text(made, "id")) })
        {
            Assert.Equal(pem, Text(agent, "publicKey"));
            Assert.Equal(("https://home.example/", 10, """{"team":"mail"}"""), (Text(agent, "homepageUrl"), agent.GetProperty("maxChildDepth").GetInt32(), agent.GetProperty("metadata").GetRawText()));
            Assert.False(agent.TryGetProperty("deactivatedAt", out _));
        }
    }

    [Fact]
    public async Task A_key_that_an_agent_brought_itself_is_shown_too()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportSubjectPublicKeyInfoPem();
        using var nobody = side.As(null);
        var started = (await nobody.PostAsync("/agents/quickstart", new { name = Name(), agent_type = "tool", public_key = pem })).Is(HttpStatusCode.Created).Json;
        Assert.Equal(pem, Text(started.GetProperty("agent"), "public_key"));

        using var rest = side.As(Text(started, "api_key"));
        Assert.Equal(pem, Text((await rest.GetAsync("/agents/" + Text(started.GetProperty("agent"), "id"))).Is(HttpStatusCode.OK).Json, "publicKey"));
    }

    [Fact]
    public async Task Of_none_or_several_keys_no_one_is_shown()
    {
        Assert.False((await MakeAsync($$"""{"name":"{{Name()}}"}""")).TryGetProperty("publicKey", out _));
        var several = TokenSide.Jwks([SigningKey.Create(JwsAlgorithm.ES256), SigningKey.Create(JwsAlgorithm.ES256)]);
        Assert.False((await MakeAsync($$"""{"name":"{{Name()}}","jwks":{{several}}}""")).TryGetProperty("publicKey", out _));
    }

    [Fact]
    public async Task Tools_show_the_same_in_snake_case()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportSubjectPublicKeyInfoPem();
        var parent = await side.AgentAsync("agents.read", "agents.write");
        using var rest = parent.Rest();
        var made = (await rest.PostAsync("/agents", new { name = Name(), public_key = pem, homepage_url = "https://home.example/", max_child_depth = 1, metadata = new { team = "mail" } }))
            .Is(HttpStatusCode.Created).Json;
        await side.Organization.PostAsync($"/api/v1/agents/{Text(made, "id")}/suspend");

        var calls = new McpCalls(side.Server);
        calls = calls with { Bearer = (await calls.CallAsync("authenticate", new { api_key = parent.Key })).Blocks[0] };
        var agent = await calls.ResultAsync("get_agent", new { agent_id = Text(made, "id") });
        Assert.Equal((pem, "https://home.example/", 1), (Text(agent, "public_key"), Text(agent, "homepage_url"), agent.GetProperty("max_child_depth").GetInt32()));
        Assert.Equal("mail", agent.GetProperty("metadata").GetProperty("team").GetString());
        Assert.Equal(side.Server.Clock.Now, agent.GetProperty("deactivated_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData(255, HttpStatusCode.Created)]
    [InlineData(256, HttpStatusCode.BadRequest)]
    public async Task A_name_has_room_for_255_characters(int length, HttpStatusCode status)
    {
        var name = Name().PadRight(length, 'ß');
        await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/agents", new { name }, status);
        using var nobody = side.As(null);
        (await nobody.PostAsync("/agents/quickstart", new { name, agent_type = "tool" })).Is(status);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    public async Task A_tree_grows_by_0_to_10_generations(int depth)
    {
        var problem = await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/agents", new { name = Name(), max_child_depth = depth }, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("maxChildDepth", out _));
    }

    private Task<JsonElement> MakeAsync(string body) => side.Organization.AskAsync(HttpMethod.Post, "/api/v1/agents", JsonNode.Parse(body)!.ToJsonString(), HttpStatusCode.Created);

    private static string Name() => $"answer {Guid.NewGuid():N}";

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
