using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mcp;

/// <summary>What clients are told of the tools.</summary>
public sealed class ToolListTests(ChainSide side) : IClassFixture<ChainSide>
{
    /// <summary>By the seed's names: what must be given, what may be, and read-only, destructive, idempotent.</summary>
    private static readonly (string Name, string[] Required, string[] Optional, bool Reads, bool Destroys, bool Repeats)[] Expected =
    [
        ("discover", [], [], true, false, true),
        ("quickstart", ["agent_type", "name"], ["description", "invitation"], false, false, false),
        ("authenticate", [], ["api_key", "scopes"], false, false, false),
        ("refresh_token", ["refresh_token_value"], [], false, true, false),
        ("introspect_token", ["token"], [], true, false, true),
        ("revoke_token", ["token"], [], false, true, true),
        ("list_agents", [], ["access_token", "limit", "offset"], true, false, true),
        ("get_agent", ["agent_id"], ["access_token"], true, false, true),
        ("create_credential", ["agent_id"], ["access_token", "scopes"], false, false, false),
        ("rotate_credential", ["credential_id"], ["access_token"], false, true, false),
        ("revoke_credential", ["credential_id"], ["access_token"], false, true, true),
        ("create_delegation", ["delegate_agent_id", "scopes"], ["access_token", "constraints", "delegation_id", "delegator_agent_id", "expires_in_hours", "max_chain_depth"], false, false, false),
        ("check_permission", ["action", "agent_id", "resource"], ["access_token"], true, false, true),
    ];

    [Fact]
    public async Task Every_tool_has_the_seeds_name_and_parameters_and_says_what_it_does_to_the_world()
    {
        var tools = await ToolsAsync();

        Assert.Equal(Expected.Select(tool => tool.Name).Order(), tools.Keys.Order());
        Assert.All(Expected, expected =>
        {
            var tool = tools[expected.Name];
            var input = tool.GetProperty("inputSchema");
            var required = input.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(name => name.GetString()!).Order() : Enumerable.Empty<string>();
            Assert.Equal(expected.Required.Order(), required);
            Assert.Equal(expected.Required.Concat(expected.Optional).Order(), Properties(input).Select(property => property.Name).Order());
            Assert.False(input.GetProperty("additionalProperties").GetBoolean());
            var hints = tool.GetProperty("annotations");
            Assert.Equal(
                (expected.Reads, expected.Destroys, expected.Repeats, false),
                (Hint(hints, "readOnlyHint"), Hint(hints, "destructiveHint"), Hint(hints, "idempotentHint"), Hint(hints, "openWorldHint")));
            Assert.True(tool.GetProperty("title").GetString()!.Length > 5);
            Assert.True(tool.GetProperty("description").GetString()!.Length > 20);
            Assert.All(Properties(input), property => Assert.True(property.Value.TryGetProperty("description", out _), property.Name));
        });
    }

    [Theory]
    [InlineData("quickstart", "agent_type", "orchestrator", "autonomous", "assistant", "tool")]
    [InlineData("check_permission", "action", "read", "write", "delete", "execute", "delegate", "admin")]
    public async Task An_argument_of_few_values_names_them(string tool, string argument, params string[] values) => Assert.Equal(
        values, (await ToolsAsync())[tool].GetProperty("inputSchema").GetProperty("properties").GetProperty(argument).GetProperty("enum").EnumerateArray().Select(value => value.GetString()!));

    [Fact]
    public async Task Every_result_has_a_type() => Assert.All(await ToolsAsync(), tool =>
    {
        var output = tool.Value.GetProperty("outputSchema");
        Assert.Equal("object", output.GetProperty("type").GetString());
        Assert.NotEmpty(Properties(output));
        Assert.All(Properties(output), property => Assert.Equal(JsonValueKind.Object, property.Value.ValueKind));
    });

    [Fact]
    public async Task Both_eras_and_both_addresses_list_the_same_tools()
    {
        var agent = await side.AgentAsync();
        var lists = new[] { new McpCalls(side.Server), new(side.Server) { Version = McpCalls.Legacy }, new(side.Server, agent.Key, "/mcp/oauth") }
            .Select(async calls => (await calls.SendAsync("tools/list")).Message.GetProperty("result").GetProperty("tools").GetRawText());

        Assert.Single((await Task.WhenAll(lists)).Distinct());
    }

    private async Task<Dictionary<string, JsonElement>> ToolsAsync() =>
        (await new McpCalls(side.Server).SendAsync("tools/list")).Message.GetProperty("result").GetProperty("tools").EnumerateArray()
            .ToDictionary(tool => tool.GetProperty("name").GetString()!);

    private static JsonProperty[] Properties(JsonElement schema) => schema.TryGetProperty("properties", out var properties) ? [.. properties.EnumerateObject()] : [];

    private static bool Hint(JsonElement hints, string name) => hints.GetProperty(name).GetBoolean();
}
