using AuthServer.Tests.Support;

namespace AuthServer.Tests.Documents;

/// <summary>The ten-minute guides happen as shown.</summary>
public sealed class GuideTests
{
    [Fact]
    public async Task The_guide_for_who_builds_an_agent_leads_to_a_helper_that_is_stopped()
    {
        await using var server = await TestServer.StartAsync();
        var lines = await LinesAsync("guide-agent-developer.md", new() { ["AUTHSERVER"] = server.Issuer });

        Assert.StartsWith($"\"claim\":{{\"url\":\"{server.Issuer}/claim", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "\"name\":\"guide-planner\"", "\"error\":\"invalid_scope\"", $"\"error_uri\":\"{server.Issuer}/docs/errors#invalid_scope\"",
                "\"allowed\":true", "\"allowed\":false", "\"allowed\":false",
            ],
            lines[1..]);
    }

    [Fact]
    public async Task The_guide_for_people_shows_a_person_their_own_and_nobody_elses()
    {
        await using var server = await TestServer.StartAsync();
        await new Rest(server, null).PostAsync("/users/register", new { name = "Ada", email = "ada@example.com", password = "violet canyon under harbor 41" });
        var lines = await LinesAsync("guide-person.md", new() { ["AUTHSERVER"] = server.Issuer, ["EMAIL"] = "ada@example.com", ["PASSWORD"] = "violet canyon under harbor 41" });

        Assert.Equal(["\"data\":[", "\"data\":["], lines[..2]);
        Assert.Matches("^\"status\":40[34]$", Assert.Single(lines[2..]));
    }

    [Fact]
    public async Task The_guide_for_who_protects_an_API_decides_and_sees_a_token_end()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(
            [
                "\"allowed\":true", "\"reasonCode\":\"scope_missing\"", "\"alg\":\"ES256\"", "\"typ\":\"at+jwt\"",
                "\"reasonCode\":\"token_invalid\"", "\"active\":false",
            ],
            await LinesAsync("guide-api.md", new() { ["AUTHSERVER"] = server.Issuer }));
    }

    [Fact]
    public async Task The_guide_for_operators_shows_a_server_that_lives_and_one_that_refuses_to_start()
    {
        await using var server = await TestServer.StartAsync();
        var lines = await LinesAsync("guide-operator.md", new() { ["AUTHSERVER"] = server.Issuer, ["SERVER"] = $"dotnet {ServerProcess.Library}" });

        Assert.Equal(
            [
                $"HealthyHealthy\"issuer\":\"{server.Issuer}\"", "AuthServer:Issuer is missing",
                "AuthServer:Tokens:Code must be more than zero", "AuthServer:Issuer must use https",
            ],
            lines);
    }

    private static async Task<string[]> LinesAsync(string page, Dictionary<string, string> environment) =>
        (await DocumentCommands.RunPageAsync(page, environment)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
