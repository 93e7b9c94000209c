using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuthServer.Configuration;
using AuthServer.Jose;
using AuthServer.Pages.Consents;
using AuthServer.Tests.Protocol.Delegation;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Documents;

/// <summary>What the documents show happens as shown.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Pages { get; } =
        new(Directory.EnumerateFiles(SourceTree.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md"))
            .Append(Path.Combine(SourceTree.Root, "bench", "README.md"))
            .Select(path => Path.GetRelativePath(SourceTree.Root, path)));

    [Fact]
    public async Task The_commands_of_the_first_client_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:Demo", "true"));
        var output = await DocumentCommands.RunPageAsync("first-client.md", new()
        {
            ["AUTHSERVER"] = server.Issuer,
            ["CLIENT"] = $"{Demo.ClientId}:{server.Services.GetRequiredService<Demo>().ClientSecret}",
        });

        Assert.Contains("\"active\":true", output, StringComparison.Ordinal);
        Assert.Contains("\"active\":false", output, StringComparison.Ordinal);
        Assert.Contains($"{server.Issuer}/connect/authorize?response_type=code", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_organizations_page_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var output = await DocumentCommands.RunPageAsync("organizations.md", new() { ["AUTHSERVER"] = server.Issuer });

        Assert.Equal(2, output.Split('\n').Count(line => line == "401"));
    }

    [Fact]
    public async Task The_commands_for_MCP_clients_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Contains("\"client_id\":\"dcr_", await DocumentCommands.RunPageAsync("mcp-clients.md", new() { ["AUTHSERVER"] = server.Issuer }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_MCP_server_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var lines = (await DocumentCommands.RunPageAsync("mcp.md", new() { ["AUTHSERVER"] = server.Issuer })).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["\"name\":\"my-pipeline\"", "\"total\":1", "\"revoked\":true", "\"active\":false", $"\"resource\":\"{server.Issuer}/mcp\"", "401"], lines);
    }

    [Fact]
    public async Task The_commands_about_agents_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var output = await DocumentCommands.RunPageAsync("agents.md", new() { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key });

        Assert.Contains("\"status\":\"suspended\"", output, StringComparison.Ordinal);
        Assert.Contains("\"error\":\"invalid_client\"", output, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"stale_version\"", output, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"revoked\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_keys_and_delegations_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var output = await DocumentCommands.RunPageAsync("delegations.md", new() { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key });

        Assert.Contains("\"refresh_before\"", output, StringComparison.Ordinal);
        Assert.Contains("\"reasonCode\":\"constraint_violated\"", output, StringComparison.Ordinal);
        Assert.Contains("\"active\":false", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_for_who_comes_from_AgentAuth_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var output = await DocumentCommands.RunPageAsync("agentauth.md", new() { ["AUTHSERVER"] = server.Issuer });

        Assert.Equal(
            ["\"refresh_before\":\"", "\"code\":\"insufficient_scope\"", "\"code\":\"members_only\"", "\"code\":\"not_found\""],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_commands_about_the_trail_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        await acme.RegisterAsync();
        await acme.RegisterAsync();
        var output = await DocumentCommands.RunPageAsync("audit.md", new() { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key });

        Assert.Contains("\"type\":\"agent.registered\"", output, StringComparison.Ordinal);
        Assert.Contains("\"id\",\"timestamp\",\"type\"", output, StringComparison.Ordinal);
        Assert.Contains("\"days\":365", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_webhooks_succeed_in_their_order()
    {
        // The receiver compares times with its own clock, and waits for what is sent every second.
        var port = TestServer.FreePort();
        await using var server = await TestServer.StartAsync(
            services => services.AddSingleton(TimeProvider.System), ("AuthServer:Webhooks:AllowedPrivateHosts:0", $"localhost:{port}"));
        var acme = await OrganizationSide.CreateAsync(server);
        var output = await DocumentCommands.RunPageAsync("webhooks.md", new()
        {
            ["AUTHSERVER"] = server.Issuer,
            ["KEY"] = acme.Key,
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
        });

        Assert.Contains("agent.created by agent\nlistening\nwebhook.test by user\n", output, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"delivered\",\"attempts\":1,\"response_status\":204", output, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"not_found\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_about_webhooks_tells_of_every_event()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "webhooks.md"));
        var table = page[page.IndexOf("## Events", StringComparison.Ordinal)..page.IndexOf("Two names of AgentAuth's", StringComparison.Ordinal)];
        var told = table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => line.Split('|')[1].Split('`').Where(part => part.Contains('.', StringComparison.Ordinal)));

        Assert.Equal(WebhookEventKinds.Names.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_address_that_the_first_client_shows_leads_to_a_code_that_its_command_redeems()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:Demo", "true"));
        var demo = server.Services.GetRequiredService<Demo>();
        using var browser = new TestBrowser(server);
        await browser.GoAsync(Flows.AuthorizeUrl(Demo.ClientId, "http://127.0.0.1:8400/callback", ("scope", "openid profile offline_access")));
        await browser.SignInAsync(demo.Person.Email!, demo.Person.Password!);
        await browser.SubmitAsync(button: "Allow");

        var code = Flows.Query(browser.Left!)["code"];
        var output = await DocumentCommands.BashAsync(
            $"curl -s {server.Issuer}/connect/token -u {Demo.ClientId}:{demo.ClientSecret} -d grant_type=authorization_code"
            + $" -d redirect_uri=http://127.0.0.1:8400/callback -d code_verifier={Flows.Verifier} -d code={code}",
            []);

        Assert.Contains("\"refresh_token\":", output, StringComparison.Ordinal);
        Assert.Contains("\"id_token\":", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scopes.md", "\"name\":\"email:send\"", "\"riskLevel\":\"high\"", "\"reports:print\"")]
    [InlineData("developer-portal.md", "\"access_token\":", "\"previousSecretExpiresAt\":", "\"status\":\"disabled\"")]
    [InlineData("branding.md", "\"button\":\"#1f6feb\"", "image/png\n200\n404\n")]
    [InlineData("resource-servers.md", "\"active\":false", "\"previousSecretExpiresAt\":", "\"displayName\":\"Acme mail\"")]
    public async Task The_commands_about_what_an_organization_describes_succeed_in_their_order(string page, params string[] expected)
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var output = await DocumentCommands.RunPageAsync(page, new() { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key });

        Assert.All(expected, text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_commands_about_consent_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var agent = await acme.RegisterAsync(OrganizationSide.Agent(("redirectUris", new System.Text.Json.Nodes.JsonArray("https://yourapp.com/callback"))));
        var output = await DocumentCommands.RunPageAsync("consent.md", new()
        {
            ["AUTHSERVER"] = server.Issuer,
            ["KEY"] = acme.Key,
            ["CLIENT_ID"] = AgentSide.Text(agent, "clientId"),
            ["CLIENT_SECRET"] = AgentSide.Text(agent, "clientSecret"),
            ["USER_ID"] = acme.UserId,
        });

        Assert.Contains("\"status\":\"pending\"", output, StringComparison.Ordinal);
        Assert.Contains("\"allowed\":true", output, StringComparison.Ordinal);
        Assert.Contains("\"allowed\":false,\"reasonCode\":\"token_invalid\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_policies_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var output = await DocumentCommands.RunPageAsync("policies.md", new()
        {
            ["AUTHSERVER"] = server.Issuer,
            ["KEY"] = acme.Key,
            ["AGENT"] = AgentSide.Text(await acme.RegisterAsync(), "id"),
        });

        Assert.Contains("\"maxRequests\":10", output, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"expires_after\"", output, StringComparison.Ordinal);
        Assert.Contains("\"allowed\":true,\"effect\":\"allow\"", output, StringComparison.Ordinal);
        Assert.Contains("\"complete\":true", output, StringComparison.Ordinal);
        Assert.Contains("{\"decision\":true", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_approvals_ask_and_are_refused_as_shown()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var agent = await acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("email:send"))));
        var output = await DocumentCommands.RunPageAsync("approvals.md", new()
        {
            ["AUTHSERVER"] = server.Issuer,
            ["KEY"] = acme.Key,
            ["AGENT"] = AgentSide.Text(agent, "id"),
            ["CLIENT_ID"] = AgentSide.Text(agent, "clientId"),
            ["CLIENT_SECRET"] = AgentSide.Text(agent, "clientSecret"),
        });

        Assert.Contains("\"reasonCode\":\"approval_required\"", output, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"pending\"", output, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"people_only\"", output, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"browser_needed\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_about_bound_tokens_succeed_in_their_order()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        server.Clock.Advance(DateTimeOffset.UtcNow - server.Clock.Now); // the page makes its proofs by the machine's clock

        var output = await DocumentCommands.RunPageAsync("dpop.md", new() { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key });

        Assert.Equal(["\"token_type\":\"DPoP\"", "\"name\":\"Careful\"", "401"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_commands_about_delegation_chains_verify_and_refuse_as_shown()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var environment = new Dictionary<string, string> { ["AUTHSERVER"] = server.Issuer, ["KEY"] = acme.Key, ["CHAIN"] = $"dotnet {ServerProcess.Library} chain" };
        var output = await DocumentCommands.RunPageAsync("delegation-chains.md", environment, folder =>
        {
            var tokens = new TestChain(2).Tokens();
            File.WriteAllBytes(Path.Combine(folder, "jwks.json"), new JsonWebKeySet([TestChain.Key.PublicKey]).ToUtf8());
            File.WriteAllText(Path.Combine(folder, "root.jwt"), tokens[0]);
            File.WriteAllText(Path.Combine(folder, "child.jwt"), tokens[1]);
        });

        Assert.Equal(3, output.Split('\n').Count(line => line == "ok"));
        Assert.Contains("scope_not_granted\nended with 1\n", output, StringComparison.Ordinal);
        Assert.EndsWith("ceiling_exceeded\nended with 1\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_readme_shows_for_each_host_what_the_page_shows()
    {
        const string issuer = "https://auth.example.com";
        var readme = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "README.md"));
        var hosts = AgentHost.All(issuer + "/mcp", issuer).SkipLast(1).ToArray();

        Assert.All(hosts, host =>
        {
            var row = readme.Split('\n').Single(line => line.StartsWith($"| {host.Name} |", StringComparison.Ordinal));
            var shown = row.Split('`')[^2];
            Assert.True(!host.Text.StartsWith('{') || JsonElement.DeepEquals(JsonElement.Parse(host.Text), JsonElement.Parse(shown)), $"{host.Name}: {shown}");
            Assert.Contains(issuer + "/mcp", shown, StringComparison.Ordinal);
        });
        Assert.Equal(7, hosts.Length);
    }

    [Fact]
    public async Task The_readme_shows_the_line_that_a_first_start_prints()
    {
        await using var server = await TestServer.StartAsync();
        await using var printed = new StringWriter();
        server.Services.GetRequiredService<Welcome>().Print(printed);
        var line = printed.ToString().Split('\n').Single(line => line.Contains("/setup?", StringComparison.Ordinal)).TrimEnd();
        var shown = line[..(line.IndexOf('=', StringComparison.Ordinal) + 1)].Replace(server.Issuer, "https://auth.example.com", StringComparison.Ordinal) + "…";

        Assert.Contains(shown + "\n", await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_relative_link_leads_somewhere(string page)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, page));
        var folder = Path.GetDirectoryName(Path.Combine(SourceTree.Root, page))!;
        Assert.All(
            Links().Matches(text).Select(link => link.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)),
            target => Assert.True(Path.Exists(Path.Combine(folder, target.Split('#')[0])), $"{page} links to {target}"));
    }

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Links();
}
