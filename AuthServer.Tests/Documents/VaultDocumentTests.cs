using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Documents;

/// <summary>What the documents show of the vault happens as shown.</summary>
public sealed class VaultDocumentTests
{
    [Fact]
    public async Task The_commands_about_connections_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var lines = (await DocumentCommands.RunPageAsync("connections.md", new() { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key })).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            [
                "\"status\":\"active\"", "\"code\":\"incomplete\"", "\"status\":\"active\"", "\"status\":\"inactive\"", "\"status\":\"active\"",
                "{\"path\":\"settings.timeout\",\"before\":30,\"after\":10}", "\"timeout\":30", "\"kind\":\"member\"",
                "\"review_due\":true", "\"review_due\":false", "\"action\":\"update\"",
                "\"hasOpenaiApiKey\":true,\"openaiApiKeyLast4\":\"cdef\"", "\"secret_last4\":\"cdef\"", "\"hasOpenaiApiKey\":false",
            ],
            lines);
    }

    [Fact]
    public async Task The_commands_about_tools_succeed_in_their_order()
    {
        var tool = Regex.Match(await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "tools.md")), "```json\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        await using var side = await VaultSide.StartAsync(definition => definition["tools"] = new JsonArray(JsonNode.Parse(tool)));
        var connection = await side.ConnectionAsync();
        await side.AccountAsync(connection);
        var (_, key) = await side.AgentAsync("vault:tokens:use");

        var output = await DocumentCommands.RunPageAsync("tools.md", new() { ["AUTHSERVER"] = side.Server.Issuer, ["AGENT_KEY"] = key, ["CONNECTION"] = connection.Id });

        Assert.Contains("\"name\":\"search_things\"", output, StringComparison.Ordinal);
        Assert.Contains("\"query\":\"?q=blue\"", output, StringComparison.Ordinal);
        Assert.Contains("\"protocolVersion\":\"2025-11-25\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_calls_through_the_vault_succeed_in_their_order()
    {
        await using var side = await VaultSide.StartAsync();
        var account = await side.AccountAsync(await side.ConnectionAsync());
        var (_, key) = await side.AgentAsync("vault:tokens:use");
        var output = await DocumentCommands.RunPageAsync("proxy.md", new()
        {
            ["AUTHSERVER"] = side.Server.Issuer,
            ["KEY"] = side.Acme.Key,
            ["AGENT_KEY"] = key,
            ["CONNECTION"] = (await side.KeyConnectionAsync()).Id,
            ["ACCOUNT"] = account.Id,
        });

        Assert.Contains("\"path\":\"/api/users/me\",\"query\":\"?fields=name\"", output, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"/api/models\"", output, StringComparison.Ordinal);
        Assert.Contains("\"answered_by\":\"provider\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_monitoring_succeed_in_their_order()
    {
        await using var side = await VaultSide.StartAsync();
        var connection = await side.ConnectionAsync();
        var account = await side.AccountAsync(connection);
        foreach (var fault in new[] { FakeFaults.None, FakeFaults.Status(404) })
        {
            side.Provider.OnApi(fault);
            using var answer = await side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x");
        }

        await side.WriteUsageAsync();
        var lines = (await DocumentCommands.RunPageAsync("monitoring.md", new() { ["AUTHSERVER"] = side.Server.Issuer, ["KEY"] = side.Acme.Key, ["CONNECTION"] = connection.Id }))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(6, lines.Length);
        Assert.StartsWith("\"totals\":{\"calls\":2,", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_connected_accounts_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Contains("Send e-mail in your name", await DocumentCommands.RunPageAsync("connected-accounts.md", new() { ["AUTHSERVER"] = server.Issuer }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_providers_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var output = await DocumentCommands.RunPageAsync("providers.md", new() { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key });

        Assert.Equal(
            [
                "\"total\":4", "\"id\":\"anthropic\"", "\"id\":\"google_ai\"", "\"id\":\"openai\"", "\"callback_label\":\"Redirect URLs\"",
                "\"words\":\"post messages as the app\",\"access\":\"write\"", "\"template\":{\"provider\":\"slack\",\"auth_type\":\"oauth2\"",
                "\"origin\":\"organization\"", "\"errors\":{\"oauth.identity.mail_path\"", "\"oauth.token.url\"", "\"id\":[\"This id is that of a provider",
                "\"description\":\"All tickets of Acme\"", "204",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
