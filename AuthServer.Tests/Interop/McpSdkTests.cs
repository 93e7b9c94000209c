using System.Runtime.CompilerServices;

namespace AuthServer.Tests.Interop;

/// <summary>The protocol's own SDK. Each test is the scenario of the same name in <c>scenarios/mcp.mjs</c>.</summary>
public sealed class McpSdkTests(InteropServer server) : IClassFixture<InteropServer>
{
    [Fact]
    public Task An_MCP_host_signs_its_person_in_from_zero() => RunAsync();

    [Fact]
    public Task An_MCP_host_is_asked_to_sign_in_when_a_tool_needs_it() => RunAsync();

    [Fact]
    public Task An_MCP_host_asks_for_more_when_a_tool_needs_more() => RunAsync();

    [Fact]
    public Task An_agent_walks_the_usual_flow_by_tools_alone() => RunAsync();

    [Fact]
    public Task A_host_that_starts_programs_uses_the_bridge() => RunAsync();

    private Task RunAsync([CallerMemberName] string scenario = "") => server.RunAsync(scenario);
}
