using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mcp;

/// <summary>Messages that two readers could read as two: what passes the gate as one tool never runs as another.</summary>
[Trait("negative", "62")]
public sealed class MessageAttackTests(ChainSide side) : IClassFixture<ChainSide>
{
    private const string Refused = "The body must be one JSON-RPC message, without batches and without a member twice.";

    private readonly McpCalls _mcp = new McpCalls(side.Server) with { Version = McpCalls.Legacy };

    public static TheoryData<string> Ambiguous =>
    [
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover","Name":"list_agents","arguments":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"NAME":"list_agents","name":"discover","arguments":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"Name":"list_agents","arguments":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover","name":"list_agents","arguments":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover","n\u0061me":"list_agents","arguments":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover"},"params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover"},"Params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","p\u0061rams":{"name":"list_agents"},"params":{"name":"discover"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","METHOD":"tools/call","params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"Method":"tools/call","params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"ID":2,"method":"tools/call","params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents","arguments":{},"Arguments":{"access_token":"x"}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents","arguments":{"limit":1,"limit":2}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover","_meta":{},"_META":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""",
        """[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents"}}]""",
        """[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover"}},{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_agents"}}]""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover"}}{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call",/* */"params":{"name":"list_agents"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents",}}""",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"discover\",\"x\":" + new string('[', 40) + new string(']', 40) + "}}",
        "[]",
        "",
    ];

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task What_could_be_read_in_two_ways_is_not_read_at_all(string body)
    {
        var agent = await side.AgentAsync("agents.read");
        foreach (var bearer in new[] { null, agent.Key })
        {
            var answer = await (_mcp with { Bearer = bearer }).SendRawAsync(body);
            Assert.Equal((HttpStatusCode.BadRequest, -32600), (answer.Status, answer.ErrorCode));
            Assert.Equal(Refused, answer.Message.GetProperty("error").GetProperty("message").GetString());
        }
    }

    [Theory]
    [InlineData("list_agents", "create_credential")]
    [InlineData("get_agent", "create_delegation")]
    [InlineData("discover", "revoke_credential")]
    public async Task No_message_opens_a_tool_by_the_scope_of_another(string open, string meant)
    {
        var agent = await side.AgentAsync("agents.read");
        string[] bodies =
        [
            $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{{open}}}}","Name":"{{{{meant}}}}","arguments":{}}}""",
            $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{{open}}}}","arguments":{"name":"{{{{meant}}}}"},"NAME":"{{{{meant}}}}"}}""",
            $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{{open}}}}","arguments":{}},"PARAMS":{"name":"{{{{meant}}}}","arguments":{}}}""",
        ];
        foreach (var body in bodies)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await (_mcp with { Bearer = agent.Key }).SendRawAsync(body)).Status);
        }

        Assert.DoesNotContain(await side.Server.TrailAsync(AuditEventTypes.AccessRefused), row => row.Subject == agent.Id);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-7")]
    [InlineData("iso-8859-1")]
    public async Task A_message_in_another_encoding_is_not_read(string charset)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"discover"}}""")),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", charset);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task What_is_written_plainly_runs()
    {
        var agent = await side.AgentAsync("agents.read");
        var answer = await (_mcp with { Bearer = agent.Key }).SendRawAsync("""{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"list_agents","arguments":{"limit":1},"x":[[1]]}}""");
        Assert.Equal(agent.Id, answer.Result.GetProperty("data")[0].GetProperty("id").GetString());
    }
}
