using System.Net;
using System.Text.Json;
using AuthServer.Agents.Claims;
using AuthServer.Jose;
using AuthServer.Scopes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>The document that agents' libraries read first.</summary>
public sealed class AgentConfigurationTests
{
    private const string Path = "/.well-known/agent-configuration";

    [Fact]
    public async Task It_says_what_the_server_can_do_in_the_words_of_discovery()
    {
        await using var server = await Flows.StartAsync();
        using var http = server.CreateClient();
        using var response = await http.GetAsync(Path);
        var document = await TestServer.JsonAsync(response);
        using var discovered = await http.GetAsync("/.well-known/oauth-authorization-server");
        var discovery = await TestServer.JsonAsync(discovered);

        Assert.Equal(TimeSpan.FromHours(1), response.Headers.CacheControl?.MaxAge);
        foreach (var same in new[] { "issuer", "jwks_uri", "grant_types_supported", "response_types_supported", "subject_types_supported", "token_endpoint_auth_methods_supported", "agent_auth" })
        {
            Assert.Equal(discovery.GetProperty(same).GetRawText(), document.GetProperty(same).GetRawText());
        }

        var scopes = Words(document, "scopes_supported");
        Assert.Empty(QuickstartScopes.All.Except(scopes));
        Assert.Empty(scopes.Except(PredefinedScopes.ByName.Keys.Concat(["things.read", "things.write"])));
        Assert.Equal(["orchestrator", "autonomous", "assistant", "tool"], Words(document, "agent_types_supported"));
        Assert.Equal(["root", "delegated", "ephemeral"], Words(document, "trust_levels_supported"));
        Assert.Equal((900, 7 * 24 * 3600), (document.GetProperty("token_lifetimes").GetProperty("access_token").GetInt32(), document.GetProperty("token_lifetimes").GetProperty("refresh_token").GetInt32()));
        Assert.Equal("absolute", document.GetProperty("delegation").GetProperty("depth_semantics").GetString());
        Assert.Equal(QuickstartScopes.All, Words(document.GetProperty("quickstart"), "scopes"));
    }

    [Theory]
    [InlineData("token_endpoint", "/api/v1/auth/token")]
    [InlineData("token_introspection_endpoint", "/api/v1/auth/token/introspect")]
    [InlineData("token_revocation_endpoint", "/api/v1/auth/token/revoke")]
    [InlineData("registration_endpoint", "/api/v1/agents/bootstrap")]
    [InlineData("agent_registration_endpoint", "/api/v1/agents")]
    [InlineData("quickstart_endpoint", "/api/v1/agents/quickstart")]
    [InlineData("scopes_endpoint", "/api/v1/scopes")]
    [InlineData("policy_syntax_endpoint", "/api/v1/policies/syntax")]
    [InlineData("webhooks_endpoint", "/api/v1/webhooks")]
    public async Task Its_addresses_bear_the_names_that_agents_libraries_look_for(string name, string path)
    {
        await using var server = await Flows.StartAsync();
        using var http = server.CreateClient();
        using var response = await http.GetAsync(Path);
        Assert.Equal(server.Issuer + path, (await TestServer.JsonAsync(response)).GetProperty(name).GetString());
    }

    [Fact]
    public async Task The_keys_are_where_agents_look_too()
    {
        await using var server = await Flows.StartAsync();
        using var http = server.CreateClient();
        Assert.Equal(await http.GetStringAsync("/.well-known/jwks"), await http.GetStringAsync("/api/v1/auth/jwks"));
    }

    [Fact]
    public async Task The_claims_of_tokens_that_are_bound_to_a_key_and_end_a_chain_are_named_as_well()
    {
        var side = new ChainSide();
        await side.InitializeAsync();
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var (alice, bob) = (await side.SignerAsync([key]), await side.SignerAsync([key]));
        var first = await alice.DelegatedAsync(bob, ["api.read"]);
        var token = await bob.ExchangedAsync(await alice.TokenAsync(), ("delegation_id", first));
        using var http = side.Server.CreateClient();
        using var response = await http.GetAsync(Path);
        var named = Words(await TestServer.JsonAsync(response), "claims_supported");

        var said = ChainSide.Claims(token).EnumerateObject().Select(claim => claim.Name).ToList();
        Assert.Contains("cnf", said);
        Assert.Empty(said.Except(named));
        await side.DisposeAsync();
    }

    [Fact]
    public async Task The_claims_that_it_names_are_those_of_an_agents_token()
    {
        await using var server = await Flows.StartAsync();
        var started = await UnclaimedSide.StartAsync(server);
        using var http = server.CreateClient();
        using var response = await http.GetAsync(Path);
        var named = Words(await TestServer.JsonAsync(response), "claims_supported");

        Assert.Empty(ChainSide.Claims(started.GetProperty("token").GetProperty("access_token").GetString()!).EnumerateObject().Select(claim => claim.Name).Except(named));
    }

    [Fact]
    public async Task It_and_the_tool_discover_say_the_same()
    {
        await using var server = await Flows.StartAsync(("AuthServer:Tokens:AccessToken", "00:07:00"));
        using var http = server.CreateClient();
        using var response = await http.GetAsync(Path);
        var document = await TestServer.JsonAsync(response);
        var told = await new McpCalls(server).ResultAsync("discover");

        string[] same =
        [
            "issuer", "grant_types_supported", "scopes_supported", "token_endpoint_auth_methods_supported", "token_endpoint_content_types_supported", "response_types_supported",
            "subject_types_supported", "claims_supported", "agent_types_supported", "trust_levels_supported", "token_lifetimes", "quickstart", "delegation",
        ];
        Assert.All(same, name => Assert.Equal(document.GetProperty(name).GetRawText(), told.GetProperty(name).GetRawText()));
        Assert.Equal(420, told.GetProperty("token_lifetimes").GetProperty("access_token").GetInt32());

        var endpoints = Strings(told.GetProperty("endpoints")).ToArray();
        Assert.All(Strings(document).Where(text => text.StartsWith(server.Issuer + "/", StringComparison.Ordinal)), address => Assert.Contains(address, endpoints));
    }

    [Fact]
    public async Task Every_address_in_it_answers()
    {
        await using var server = await Flows.StartAsync();
        using var http = server.CreateClient();
        using var response = await http.GetAsync(Path);
        var addresses = Strings(await TestServer.JsonAsync(response)).Where(text => text.StartsWith(server.Issuer + "/", StringComparison.Ordinal)).Distinct().ToList();

        Assert.True(addresses.Count >= 17, string.Join('\n', addresses));
        foreach (var address in addresses)
        {
            using var answer = await http.GetAsync(address);
            using var posted = await http.PostAsync(address, null);
            Assert.True(answer.StatusCode != HttpStatusCode.NotFound || posted.StatusCode != HttpStatusCode.NotFound, address);
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError && posted.StatusCode < HttpStatusCode.InternalServerError, address);
        }
    }

    [Theory]
    [InlineData("closed", false)]
    [InlineData("invite", true)]
    public async Task Where_agents_may_not_register_themselves_it_does_not_say_how(string mode, bool told)
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:Agents", mode));
        using var http = server.CreateClient();
        foreach (var path in new[] { Path, "/.well-known/openid-configuration" })
        {
            using var response = await http.GetAsync(path);
            var document = await TestServer.JsonAsync(response);
            Assert.Equal(told, document.TryGetProperty("agent_auth", out _));
            Assert.Equal(told && path == Path, document.TryGetProperty("quickstart_endpoint", out _));
        }

        var discovered = await new McpCalls(server).ResultAsync("discover");
        Assert.Equal(told, discovered.GetProperty("quickstart").ValueKind == JsonValueKind.Object);
        Assert.Equal(told, discovered.GetProperty("endpoints").GetProperty("quickstart").ValueKind == JsonValueKind.String);
    }

    private static string[] Words(JsonElement document, string name) => [.. document.GetProperty(name).EnumerateArray().Select(word => word.GetString()!)];

    private static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Strings(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [json.GetString()!],
        _ => [],
    };
}
