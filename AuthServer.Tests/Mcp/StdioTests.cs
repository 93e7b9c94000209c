using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mcp;

/// <summary>The bridge as a host starts it: a process that reads and writes lines.</summary>
public sealed class StdioTests(ChainSide side) : IClassFixture<ChainSide>
{
    private const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    [Fact]
    public async Task Each_line_that_comes_out_is_an_answer_and_the_key_comes_from_the_environment()
    {
        var agent = await side.AgentAsync();
        var (lines, errors, code) = await RunAsync(
            [("AGENTAUTH_URL", side.Server.Issuer), ("AGENTAUTH_API_KEY", agent.Key)],
            Line(1, "initialize", McpCalls.Hello()), Initialized, "", Line(2, "tools/list", []), Line("three", "tools/call", McpCalls.Call("authenticate")),
            Line(4, "tools/call", McpCalls.Call("authenticate", new { api_key = "ak_live_" + new string('x', 43) })), "not json", Line(5, "ping", []));

        Assert.Equal(0, code);
        Assert.Equal(["1", "2", "\"three\"", "4", "null", "5"], lines.Select(line => line.GetProperty("id").GetRawText()));
        Assert.Equal(agent.Id, ChainSide.Claims(Block(lines[2])).GetProperty("sub").GetString());
        Assert.Contains("invalid_client", Block(lines[3]), StringComparison.Ordinal);
        Assert.Equal(-32700, lines[4].GetProperty("error").GetProperty("code").GetInt32());
        Assert.DoesNotContain(agent.Key, string.Concat(lines) + errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_of_a_version_that_is_not_known_goes_on_in_the_one_that_it_is_answered()
    {
        var (lines, _, _) = await RunAsync([("AGENTAUTH_URL", side.Server.Issuer)], Line(1, "initialize", McpCalls.Hello("2099-01-01")), Initialized, Line(2, "tools/list", []));

        Assert.Equal(McpCalls.Legacy, lines[0].GetProperty("result").GetProperty("protocolVersion").GetString());
        Assert.NotEmpty(lines[1].GetProperty("result").GetProperty("tools").EnumerateArray());
    }

    [Fact]
    public async Task A_client_of_2026_is_bridged_too_and_a_tool_that_needs_a_token_says_how_to_get_one()
    {
        var agent = await side.AgentAsync();
        var token = (await new McpCalls(side.Server).CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0];
        var (lines, _, code) = await RunAsync(
            [("AGENTAUTH_URL", side.Server.Issuer + "/")],
            Line(1, "server/discover", Modern([])), Line(2, "tools/call", Modern(McpCalls.Call("list_agents"))),
            Line(3, "tools/call", Modern(McpCalls.Call("list_agents", new { access_token = token }))), Line(4, "tools/call", Modern(McpCalls.Call("authenticate"))));

        Assert.Equal(0, code);
        Assert.Equal("complete", lines[0].GetProperty("result").GetProperty("resultType").GetString());
        Assert.True(lines[1].GetProperty("result").GetProperty("isError").GetBoolean());
        Assert.Contains("Call authenticate", Block(lines[1]), StringComparison.Ordinal);
        Assert.Equal(agent.Id, lines[2].GetProperty("result").GetProperty("structuredContent").GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Contains("api_key", Block(lines[3]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_of_each_message_and_the_bridge_goes_on()
    {
        var (lines, errors, code) = await RunAsync([("AGENTAUTH_URL", $"http://localhost:{TestServer.FreePort()}")], Line(1, "ping", []), Initialized, Line(2, "ping", []));

        Assert.Equal(0, code);
        Assert.Equal([1, 2], lines.Select(line => line.GetProperty("id").GetInt32()));
        Assert.All(lines, line => Assert.Equal(-32000, line.GetProperty("error").GetProperty("code").GetInt32()));
        Assert.NotEmpty(errors);
    }

    [Fact]
    public async Task Another_web_server_is_an_error_too()
    {
        var (lines, _, _) = await RunAsync([("AGENTAUTH_URL", side.Server.Issuer + "/docs")], Line(1, "ping", []));

        Assert.Equal(-32000, Assert.Single(lines).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("http://auth.example.com")]
    [InlineData("file:///etc/passwd")]
    public async Task An_address_that_keys_must_not_go_to_is_refused(string? url)
    {
        var (lines, errors, code) = await RunAsync(url is null ? [] : [("AGENTAUTH_URL", url)], Line(1, "ping", []));

        Assert.Equal(2, code);
        Assert.Empty(lines);
        Assert.Contains("AGENTAUTH_URL", errors, StringComparison.Ordinal);
    }

    private static string Line(JsonNode id, string method, JsonObject parameters) =>
        new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString();

    private static JsonObject Modern(JsonObject parameters)
    {
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = McpCalls.Modern,
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
        };
        return parameters;
    }

    private static string Block(JsonElement line) => line.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString()!;

    private static async Task<(JsonElement[] Lines, string Errors, int Code)> RunAsync((string Name, string Value)[] environment, params string[] lines)
    {
        using var folder = new TempFolder();
        var start = new ProcessStartInfo("dotnet", [ServerProcess.Library, "mcp"]) { RedirectStandardInput = true, WorkingDirectory = folder.Path };
        start.Environment.Remove("AGENTAUTH_URL");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var result = await CommandResult.OfAsync(start, string.Join('\n', lines) + "\n");
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        return ([.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))], result.Errors, result.ExitCode);
    }
}
