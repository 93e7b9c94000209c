using AuthServer.Tests.Support;

namespace AuthServer.Tests.Http;

public sealed class DiscoveryLogTests
{
    private const string Category = "Debug AuthServer.Discovery";

    [Fact]
    public async Task Each_look_for_a_document_is_in_the_log_at_Debug_found_or_not()
    {
        await using var server = await TestServer.StartAsync(("Logging:LogLevel:AuthServer.Discovery", "Debug"));
        string[] found = ["openid-configuration", "oauth-authorization-server", "oauth-protected-resource/mcp", "oauth-protected-resource", "agent-configuration", "authzen-configuration", "jwks"];
        foreach (var name in found)
        {
            await AskAsync(server, $"/.well-known/{name}");
        }

        await AskAsync(server, "/.well-known/oauth-authorization-server/mcp");
        await AskAsync(server, "/health/live");

        Assert.Equal(
            [.. found.Select(name => $"{Category} GET \"/.well-known/{name}\": 200, by \"inspector/1.0 (tests)\". "), $"{Category} GET \"/.well-known/oauth-authorization-server/mcp\": 404, by \"inspector/1.0 (tests)\". "],
            server.Logs.All.Where(line => line.StartsWith(Category, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nobody_writes_lines_of_their_own_into_it()
    {
        await using var server = await TestServer.StartAsync(("Logging:LogLevel:AuthServer.Discovery", "Debug"));

        await AskAsync(server, "/.well-known/x%0AInformation%20AuthServer%20all%20is%20well" + new string('x', 3000));

        var line = Assert.Single(server.Logs.All, line => line.StartsWith(Category, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', line);
        Assert.True(line.Length < 500, line);
    }

    [Fact]
    public async Task By_default_nothing_of_it_is_written()
    {
        await using var server = await TestServer.StartAsync();
        await AskAsync(server, "/.well-known/openid-configuration");
        Assert.DoesNotContain(server.Logs.All, line => line.Contains("AuthServer.Discovery", StringComparison.Ordinal));
    }

    private static async Task AskAsync(TestServer server, string path)
    {
        using var http = server.CreateClient();
        http.DefaultRequestHeaders.UserAgent.ParseAdd("inspector/1.0 (tests)");
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
    }
}
