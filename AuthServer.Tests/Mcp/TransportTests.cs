using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mcp;

/// <summary>Both eras of the protocol at one address.</summary>
public sealed class TransportTests(ChainSide side) : IClassFixture<ChainSide>
{
    private readonly McpCalls _modern = new(side.Server);
    private readonly McpCalls _legacy = new(side.Server) { Version = McpCalls.Legacy };

    [Fact]
    public async Task A_client_of_2025_initializes_and_goes_on_in_its_session()
    {
        var hello = await _legacy.SendAsync("initialize", McpCalls.Hello());
        var result = hello.Message.GetProperty("result");
        var session = _legacy with { Headers = [("Mcp-Session-Id", Assert.Single(hello.Response.Headers.GetValues("Mcp-Session-Id")))] };

        Assert.Equal(McpCalls.Legacy, result.GetProperty("protocolVersion").GetString());
        Assert.True(result.GetProperty("capabilities").TryGetProperty("tools", out _));
        Assert.Contains("authenticate", result.GetProperty("instructions").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await session.SendRawAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""")).Status);
        Assert.Equal(JsonValueKind.Object, (await session.SendAsync("ping")).Message.GetProperty("result").ValueKind);
        Assert.NotEmpty((await session.SendAsync("tools/list")).Message.GetProperty("result").GetProperty("tools").EnumerateArray());
        Assert.Equal(side.Server.Issuer, (await session.ResultAsync("discover")).GetProperty("issuer").GetString());
    }

    [Theory]
    [InlineData("2099-01-01", McpCalls.Legacy)]
    [InlineData(McpCalls.Modern, McpCalls.Legacy)]
    [InlineData("", McpCalls.Legacy)]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2024-11-05", "2024-11-05")]
    public async Task Whoever_greets_with_a_version_that_is_not_known_is_answered_with_one_that_is(string asked, string answered)
    {
        var hello = await (_legacy with { Headers = [("MCP-Protocol-Version", null)] }).SendAsync("initialize", McpCalls.Hello(asked));
        Assert.Equal(answered, hello.Message.GetProperty("result").GetProperty("protocolVersion").GetString());

        var session = _legacy with { Headers = [("MCP-Protocol-Version", answered), ("Mcp-Session-Id", Assert.Single(hello.Response.Headers.GetValues("Mcp-Session-Id")))] };
        Assert.Equal(side.Server.Issuer, (await session.ResultAsync("discover")).GetProperty("issuer").GetString());
    }

    [Fact]
    public async Task A_client_of_2026_discovers_without_any_session()
    {
        var answer = await _modern.SendAsync("server/discover");
        var result = answer.Message.GetProperty("result");

        Assert.Equal("complete", result.GetProperty("resultType").GetString());
        Assert.Contains(McpCalls.Modern, result.GetProperty("supportedVersions").EnumerateArray().Select(version => version.GetString()));
        Assert.True(result.GetProperty("capabilities").TryGetProperty("tools", out _));
        Assert.False(answer.Response.Headers.Contains("Mcp-Session-Id"));
    }

    [Fact]
    public async Task A_list_and_a_result_of_2026_say_that_they_are_complete_and_how_long_they_hold()
    {
        var list = (await _modern.SendAsync("tools/list")).Message.GetProperty("result");
        var call = (await _modern.CallAsync("discover")).Message.GetProperty("result");

        Assert.Equal(("complete", 300_000, "public"), (list.GetProperty("resultType").GetString(), list.GetProperty("ttlMs").GetInt32(), list.GetProperty("cacheScope").GetString()));
        Assert.Equal("complete", call.GetProperty("resultType").GetString());
    }

    [Fact]
    public async Task A_version_that_nobody_knows_is_refused_with_those_that_are_known()
    {
        var answer = await (_modern with { Version = "2031-01-01" }).SendAsync("tools/list");

        Assert.Equal((HttpStatusCode.BadRequest, -32022), (answer.Status, answer.ErrorCode));
        Assert.Contains(McpCalls.Modern, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MCP-Protocol-Version", McpCalls.Legacy)]
    [InlineData("MCP-Protocol-Version", null)]
    [InlineData("Mcp-Method", "tools/list")]
    [InlineData("Mcp-Method", null)]
    [InlineData("Mcp-Name", "list_agents")]
    [InlineData("Mcp-Name", null)]
    public async Task A_header_that_is_not_what_the_message_says_is_refused(string header, string? value)
    {
        var answer = await (_modern with { Headers = [(header, value)] }).CallAsync("discover");

        Assert.Equal((HttpStatusCode.BadRequest, -32020), (answer.Status, answer.ErrorCode));
    }

    [Fact]
    public async Task A_method_that_nobody_knows_is_not_found()
    {
        var modern = await _modern.SendAsync("agents/destroy");
        var legacy = await _legacy.SendAsync("agents/destroy");

        Assert.Equal((HttpStatusCode.NotFound, -32601), (modern.Status, modern.ErrorCode));
        Assert.Equal(-32601, legacy.ErrorCode);
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("ping")]
    public async Task What_2026_took_out_of_the_protocol_is_not_found_there(string method)
    {
        var answer = await _modern.SendAsync(method, McpCalls.Hello(McpCalls.Modern));

        Assert.Equal((HttpStatusCode.NotFound, -32601), (answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData("no_such_tool")]
    [InlineData("LIST_AGENTS")]
    [InlineData("")]
    public async Task A_tool_that_does_not_exist_is_an_error_of_the_request(string name) => Assert.Equal(-32602, (await _modern.CallAsync(name)).ErrorCode);

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"},{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"list_agents\"}}]")]
    [InlineData("{")]
    [InlineData("\"text\"")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"discover\",\"name\":\"list_agents\"}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{\"a\":\"\\ud800\"}}")]
    public async Task A_body_that_is_not_one_message_is_refused(string body)
    {
        var answer = await _legacy.SendRawAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, -32600), (answer.Status, answer.ErrorCode));
    }

    [Fact]
    public async Task A_body_of_more_than_64_KiB_is_refused()
    {
        var answer = await _legacy.SendAsync("tools/call", McpCalls.Call("introspect_token", new { token = new string('x', 70_000) }));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }

    [Fact]
    public async Task A_body_nested_without_end_is_refused()
    {
        var answer = await _legacy.SendRawAsync(string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task There_is_no_stream_to_open_and_no_session_to_end(string method)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/mcp");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_session_that_was_not_given_here_does_not_exist()
    {
        var hello = await _legacy.SendAsync("initialize", McpCalls.Hello());
        var good = hello.Response.Headers.GetValues("Mcp-Session-Id").Single();
        foreach (var bad in new[] { "made up", "", good[1..], good + "x", good.Split('.')[0] + ".", new string('x', 10_000) })
        {
            var answer = await (_legacy with { Headers = [("Mcp-Session-Id", bad)] }).SendAsync("tools/list");
            Assert.True(answer.Status == HttpStatusCode.NotFound, $"{bad}: {answer.Text}");
            Assert.Equal(-32001, answer.ErrorCode);
        }
    }
}
