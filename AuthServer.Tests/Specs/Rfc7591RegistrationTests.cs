using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Configuration;
using AuthServer.Data;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 7591 and RFC 7592: clients that register themselves, as those of the field do, and what they cannot get that way.</summary>
[Trait("negative", "52")]
public sealed class Rfc7591RegistrationTests(McpSide side) : IClassFixture<McpSide>
{
    /// <summary>What the MCP clients send, by their documentation and what was seen of them.</summary>
    public static TheoryData<string, string, string> Clients { get; } = new()
    {
        {
            "claude.ai", "https://claude.ai/api/mcp/auth_callback",
            """{"client_name":"claudeai","redirect_uris":["https://claude.ai/api/mcp/auth_callback","https://claude.com/api/mcp/auth_callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none","scope":"tools.call"}"""
        },
        {
            "Claude Code", "http://localhost:54321/callback",
            """{"client_name":"Claude Code (tools)","redirect_uris":["http://localhost:41234/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}"""
        },
        {
            "ChatGPT", "https://chatgpt.com/connector_platform_oauth_redirect",
            """{"client_name":"ChatGPT","redirect_uris":["https://chatgpt.com/connector_platform_oauth_redirect"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}"""
        },
        {
            "Cursor", "cursor://anysphere.cursor-mcp/oauth/callback",
            """{"client_name":"Cursor","redirect_uris":["cursor://anysphere.cursor-mcp/oauth/callback","https://www.cursor.com/agents/mcp/oauth/callback","http://localhost:8787/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}"""
        },
        {
            "VS Code", "http://127.0.0.1:40001/",
            """{"client_name":"Visual Studio Code","client_uri":"https://code.visualstudio.com","grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:device_code"],"response_types":["code"],"redirect_uris":["https://insiders.vscode.dev/redirect","https://vscode.dev/redirect","http://127.0.0.1/","http://127.0.0.1:33418/"],"token_endpoint_auth_method":"none","application_type":"native"}"""
        },
        {
            "mcp-remote", "http://localhost:3334/oauth/callback",
            """{"redirect_uris":["http://localhost:3334/oauth/callback"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],"response_types":["code"],"client_name":"MCP CLI Proxy","client_uri":"https://github.com/modelcontextprotocol/mcp-cli","software_id":"2e6dc280-f3c3-4e01-99a7-8181dbd1d23d","software_version":"0.15.1"}"""
        },
        {
            "MCP Inspector", "http://127.0.0.1:6276/oauth/callback",
            """{"redirect_uris":["http://127.0.0.1:6276/oauth/callback"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],"response_types":["code"],"client_name":"MCP Inspector","client_uri":"https://github.com/modelcontextprotocol/inspector","scope":""}"""
        },
        {
            "codex", "http://127.0.0.1:52001/callback",
            """{"client_name":"Codex","redirect_uris":["http://127.0.0.1:1455/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}"""
        },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Each_known_client_registers_and_gets_its_tokens(string name, string redirectUri, string metadata)
    {
        var (status, client, response) = await side.RegisterAsync(JsonNode.Parse(metadata)!);
        Assert.True(status == 201, $"{name}: {client}");
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.False(client.TryGetProperty("client_secret", out _));
        Assert.Equal(["authorization_code", "refresh_token"], Strings(client, "grant_types"));
        using var browser = new TestBrowser(side.Server);

        var tokens = await side.TokensAsync(browser, Text(client, "client_id"), redirectUri);

        Assert.Equal(McpSide.Mcp, Flows.Claims(Text(tokens, "access_token")).GetProperty("aud").GetString());
        using var refreshed = await side.RefreshAsync(Text(client, "client_id"), tokens);
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }

    [Fact]
    public async Task Without_a_method_it_gets_a_secret_that_works_in_the_header_alone()
    {
        var (status, client, _) = await side.RegisterAsync(Metadata("With a secret", method: null));
        Assert.Equal((201, "client_secret_basic", 0L), (status, Text(client, "token_endpoint_auth_method"), client.GetProperty("client_secret_expires_at").GetInt64()));
        var (id, secret) = (Text(client, "client_id"), Text(client, "client_secret"));
        using var browser = new TestBrowser(side.Server);
        var answer = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "openid"));

        (string, string?)[] form = [("grant_type", "authorization_code"), ("code", answer["code"]), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier)];
        using var body = await Flows.TokenAsync(side.Server, id, null, [.. form, ("client_secret", secret)]);
        await Flows.AssertErrorAsync(body, 401, "invalid_client");
        using var header = await Flows.TokenAsync(side.Server, id, secret, form);
        Assert.True(header.IsSuccessStatusCode, await header.Content.ReadAsStringAsync());
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":[]}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":null}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":["http://client.example/callback"]}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":["javascript:alert(1)"]}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":["data:text/html,x"]}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":["https://client.example/a#b"]}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":["https://user@client.example/a"]}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":["https://client.example/ok","file:///etc/passwd"]}""")]
    [InlineData("invalid_redirect_uri", """{"redirect_uris":["cursor://x/y"],"application_type":"web"}""")]
    [InlineData("invalid_client_metadata", """{"redirect_uris":[7]}""")]
    [InlineData("invalid_client_metadata", """{"redirect_uris":"https://client.example/a"}""")]
    [InlineData("invalid_client_metadata", """{"grant_types":["client_credentials"]}""")]
    [InlineData("invalid_client_metadata", """{"grant_types":["urn:ietf:params:oauth:grant-type:token-exchange"]}""")]
    [InlineData("invalid_client_metadata", """{"response_types":["token"]}""")]
    [InlineData("invalid_client_metadata", """{"application_type":"service"}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"tls_client_auth"}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"private_key_jwt"}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://k.example","jwks":{"keys":[]}}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"http://169.254.169.254/keys"}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[]}}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]}}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}}""")]
    [InlineData("invalid_client_metadata", """{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","use":"enc"}]}}""")]
    [InlineData("invalid_client_metadata", """{"client_name":"two\nlines"}""")]
    [InlineData("invalid_client_metadata", """{"client_name":7}""")]
    public async Task What_breaks_a_rule_is_refused_by_its_name(string error, string changes)
    {
        var metadata = Metadata("Broken");
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
        {
            metadata[name] = value?.DeepClone();
        }

        var (status, body, _) = await side.RegisterAsync(metadata);

        Assert.Equal((400, error), (status, Text(body, "error")));
    }

    [Fact]
    public async Task It_gets_none_but_the_two_grants_of_people_and_none_of_our_own_scopes()
    {
        var metadata = Metadata("Wants all");
        metadata["grant_types"] = new JsonArray("authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange");
        metadata["scope"] = "organization account things.read";
        metadata["client_id"] = "authserver";
        metadata["software_statement"] = "eyJhbGciOiJub25lIn0.e30.";
        var client = (await side.RegisterAsync(metadata)).Body;
        var id = Text(client, "client_id");
        Assert.StartsWith("dcr_", id, StringComparison.Ordinal);
        Assert.Equal(["authorization_code"], Strings(client, "grant_types"));

        using var browser = new TestBrowser(side.Server);
        foreach (var (scope, resource, error) in new[]
        {
            ("organization", null, "invalid_scope"), ("account", null, "invalid_scope"), ("things.read", null, "invalid_scope"), ("*", null, "invalid_scope"),
            ("tools.call", Flows.Api, "invalid_target"), ("things.read", McpSide.Mcp, "invalid_scope"), ("offline_access", McpSide.Mcp, "invalid_scope"),
        })
        {
            await browser.GoAsync(Flows.AuthorizeUrl(id, McpSide.Callback, ("scope", scope), ("resource", resource)));
            Assert.Equal(error, Flows.Query(browser.Left!)["error"]);
        }

        using var machine = await Flows.TokenAsync(side.Server, id, null, ("grant_type", "client_credentials"), ("scope", "tools.call"));
        await Flows.AssertErrorAsync(machine, 400, "unauthorized_client");
    }

    [Theory]
    [InlineData("""{"grant_types":["client_credentials"]}""", "invalid_client_metadata")]
    [InlineData("""{"grant_types":["urn:ietf:params:oauth:grant-type:token-exchange"]}""", "invalid_client_metadata")]
    [InlineData("""{"redirect_uris":["javascript:alert(1)"]}""", "invalid_redirect_uri")]
    [InlineData("""{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"http://169.254.169.254/keys"}""", "invalid_client_metadata")]
    public async Task What_it_could_not_register_it_cannot_become(string changes, string error)
    {
        var client = (await side.RegisterAsync(Metadata("Climber " + error, method: null))).Body;
        var next = Metadata("Climber", method: null);
        next["client_id"] = Text(client, "client_id");
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
        {
            next[name] = value?.DeepClone();
        }

        var (status, body, _) = await side.SendAsync(HttpMethod.Put, $"/connect/register/{Text(client, "client_id")}", next, Text(client, "registration_access_token"));

        Assert.True(status == 400 && Text(body, "error") == error, $"{status}: {body}");
    }

    // RFC 7592 §2.2: a client does not choose its own secret.
    [Fact]
    public async Task A_secret_of_its_own_choice_does_not_become_its_secret()
    {
        const string chosen = "one-of-my-own-choice-and-long-enough-to-pass";
        var client = (await side.RegisterAsync(Metadata("Chooser", method: null))).Body;
        var next = Metadata("Chooser", method: null);
        (next["client_id"], next["client_secret"]) = (Text(client, "client_id"), chosen);
        await side.SendAsync(HttpMethod.Put, $"/connect/register/{Text(client, "client_id")}", next, Text(client, "registration_access_token"));

        (string, string?)[] form = [("grant_type", "authorization_code"), ("code", "none"), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier)];
        using var own = await Flows.TokenAsync(side.Server, Text(client, "client_id"), chosen, form);
        await Flows.AssertErrorAsync(own, 401, "invalid_client");
        using var given = await Flows.TokenAsync(side.Server, Text(client, "client_id"), Text(client, "client_secret"), form);
        await Flows.AssertErrorAsync(given, 400, "invalid_grant");
    }

    [Fact]
    public async Task People_are_warned_that_nobody_has_checked_its_name()
    {
        var id = Text((await side.RegisterAsync(Metadata("Your bank"))).Body, "client_id");
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(id, McpSide.Callback, ("scope", "openid")));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal("/consent", browser.Address.AbsolutePath);
        Assert.Contains("registered itself", browser.Page.QuerySelector(".notice-warning")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Public_clients_that_say_the_same_are_one_and_nobody_manages_it()
    {
        var first = (await side.RegisterAsync(Metadata("The same"))).Body;
        var (id, token) = (Text(first, "client_id"), Text(first, "registration_access_token"));

        var second = (await side.RegisterAsync(Metadata("The same"))).Body;

        Assert.Equal(id, Text(second, "client_id"));
        Assert.False(second.TryGetProperty("registration_access_token", out _));
        Assert.Equal(401, (await side.SendAsync(HttpMethod.Delete, $"/connect/register/{id}", token: token)).Status);
        Assert.NotEqual(id, Text((await side.RegisterAsync(Metadata("Another"))).Body, "client_id"));
        var (one, other) = (await side.RegisterAsync(Metadata("Secret", method: null)), await side.RegisterAsync(Metadata("Secret", method: null)));
        Assert.NotEqual(Text(one.Body, "client_id"), Text(other.Body, "client_id"));
    }

    [Fact]
    public async Task Of_many_that_register_the_same_in_one_moment_all_get_the_one_client()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => side.RegisterAsync(Metadata("At once"))));

        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        Assert.Single(answers.Select(answer => Text(answer.Body, "client_id")).Distinct());
    }

    [Fact]
    public async Task A_registration_that_was_changed_is_not_shared_with_those_who_say_what_it_said()
    {
        var first = (await side.RegisterAsync(Metadata("Bait"))).Body;
        var (id, token) = (Text(first, "client_id"), Text(first, "registration_access_token"));
        var changed = Metadata("Bait");
        (changed["client_id"], changed["redirect_uris"]) = (id, new JsonArray("https://thief.example/callback"));
        Assert.Equal(200, (await side.SendAsync(HttpMethod.Put, $"/connect/register/{id}", changed, token)).Status);

        var second = (await side.RegisterAsync(Metadata("Bait"))).Body;

        Assert.NotEqual(id, Text(second, "client_id"));
        Assert.Equal([McpSide.Callback], Strings(second, "redirect_uris"));
    }

    [Fact]
    public async Task Its_token_reads_replaces_and_removes_it_and_no_other()
    {
        var one = (await side.RegisterAsync(Metadata("One", method: null))).Body;
        var two = (await side.RegisterAsync(Metadata("Two", method: null))).Body;
        var (id, token) = (Text(one, "client_id"), Text(one, "registration_access_token"));
        Assert.Equal($"{side.Server.Issuer}/connect/register/{id}", Text(one, "registration_client_uri"));
        var path = $"/connect/register/{id}";

        foreach (var wrong in new[] { Text(two, "registration_access_token"), "", null })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
            {
                var (refused, _, response) = await side.SendAsync(method, path, method == HttpMethod.Put ? Metadata("x") : null, wrong);
                Assert.Equal(401, refused);
                Assert.Contains("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            }
        }

        var (status, read, _) = await side.SendAsync(HttpMethod.Get, path, token: token);
        Assert.Equal((200, "One", token), (status, Text(read, "client_name"), Text(read, "registration_access_token")));
        Assert.False(read.TryGetProperty("client_secret", out _));

        var next = Metadata("One again", method: null);
        Assert.Equal(400, (await side.SendAsync(HttpMethod.Put, path, next, token)).Status);
        next["client_id"] = id;
        next["token_endpoint_auth_method"] = "none";
        Assert.Equal(400, (await side.SendAsync(HttpMethod.Put, path, next, token)).Status);
        next.Remove("token_endpoint_auth_method");
        next["redirect_uris"] = new JsonArray("https://next.example/callback");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var replaced = (await side.SendAsync(HttpMethod.Put, path, next, token)).Body;
        Assert.Equal("One again", Text(replaced, "client_name"));
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(id, McpSide.Callback));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);

        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(204, (await side.SendAsync(HttpMethod.Delete, path, token: token)).Status);
        Assert.Equal(401, (await side.SendAsync(HttpMethod.Get, path, token: token)).Status);
        Assert.Equal(
            ["client.registered", "client.updated", "client.removed"],
            await side.Server.QueryAsync(context => context.AuditEvents.Where(row => row.Target == id && row.Type.StartsWith("client.")).OrderBy(row => row.Id).Select(row => row.Type).ToListAsync()));
    }

    [Theory]
    [InlineData("\u200B\u2060")]
    [InlineData("\u3164")]
    [InlineData("  ")]
    public async Task A_name_that_shows_nothing_is_refused(string name)
    {
        var (status, answer, _) = await side.RegisterAsync(Metadata(name));
        Assert.Equal((400, "invalid_client_metadata"), (status, Text(answer, "error")));
        Assert.Equal(201, (await side.RegisterAsync(Metadata("👩‍🚀 a\u00ADb"))).Status);
    }

    [Fact]
    public async Task Who_removes_a_client_ends_all_that_it_has()
    {
        var client = (await side.RegisterAsync(Metadata("Removed"))).Body;
        var id = Text(client, "client_id");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(204, (await side.SendAsync(HttpMethod.Delete, $"/connect/register/{id}", token: Text(client, "registration_access_token"))).Status);

        using var refreshed = await side.RefreshAsync(id, tokens);
        await Flows.AssertErrorAsync(refreshed, 401, "invalid_client");
        Assert.NotNull(await side.Server.QueryAsync(context => context.TokenFamilies.Where(family => family.EndedAt != null).OrderByDescending(family => family.Id).FirstOrDefaultAsync()));
    }

    [Fact]
    public async Task Tokens_are_stored_as_hashes()
    {
        var client = (await side.RegisterAsync(Metadata("Hashed", method: null))).Body;
        var row = await side.Server.QueryAsync(context => context.Applications.SingleAsync(row => row.ClientId == Text(client, "client_id")));

        var stored = JsonSerializer.Serialize(row);

        Assert.DoesNotContain(Text(client, "registration_access_token"), stored, StringComparison.Ordinal);
        Assert.DoesNotContain(Text(client, "client_secret"), stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_never_used_is_forgotten_and_who_was_is_not()
    {
        await using var server = await side.StartAsync();
        var unused = Text((await side.RegisterAsync(Metadata("Unused", method: null), server: server)).Body, "client_id");
        var used = Text((await side.RegisterAsync(Metadata("Used"), server: server)).Body, "client_id");
        using var browser = new TestBrowser(server);
        await Flows.AuthorizeAsync(browser, used, McpSide.Callback, ("scope", "openid"));
        Task<List<string?>> RegisteredAsync() => server.QueryAsync(
            context => context.Applications.Where(row => row.ClientId!.StartsWith("dcr_")).OrderBy(row => row.ClientId).Select(row => row.ClientId).ToListAsync());
        var pruning = server.Services.GetServices<IHostedService>().OfType<Pruning>().Single();

        await pruning.PruneAsync(server.Clock.Now + TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1), default);
        Assert.Equal(new[] { unused, used }.Order(), await RegisteredAsync());
        await pruning.PruneAsync(server.Clock.Now + TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1), default);
        Assert.Equal([used], await RegisteredAsync());
    }

    [Fact]
    public async Task One_network_registers_so_many_a_minute()
    {
        await using var server = await side.StartAsync(("AuthServer:RateLimits:PerAddress", "3"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(201, (await side.RegisterAsync(Metadata($"Number {i}"), server: server)).Status);
        }

        var (status, _, response) = await side.RegisterAsync(Metadata("One too many"), server: server);
        Assert.Equal(429, status);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Where_it_is_closed_there_is_no_such_endpoint_and_a_token_opens_it()
    {
        const string token = "an-initial-access-token-of-enough-length";
        await using var closed = await side.StartAsync(("AuthServer:Registration:Open", "false"));
        Assert.Equal(404, (int)(await closed.CreateClient().PostAsync("/connect/register", null)).StatusCode);
        Assert.False((await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration", server: closed)).Body.TryGetProperty("registration_endpoint", out _));

        await using var guarded = await side.StartAsync(("AuthServer:Registration:Open", "false"), ("AuthServer:Registration:InitialAccessToken", token));
        Assert.Equal(401, (await side.RegisterAsync(Metadata("Guarded"), server: guarded)).Status);
        Assert.Equal(401, (await side.RegisterAsync(Metadata("Guarded"), token + "x", guarded)).Status);
        Assert.Equal(201, (await side.RegisterAsync(Metadata("Guarded"), token, guarded)).Status);
        Assert.True((await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration", server: guarded)).Body.TryGetProperty("registration_endpoint", out _));
    }

    [Theory]
    [InlineData("AuthServer:Registration:InitialAccessToken", "short")]
    [InlineData("AuthServer:Registration:Unused", "00:00:01")]
    [InlineData("AuthServer:Outbound:AllowedPrivateHosts:0", "gitlab.internal")]
    [InlineData("AuthServer:Outbound:AllowedPrivateHosts:0", "https://gitlab.internal:443")]
    [InlineData("AuthServer:Webhooks:AllowedPrivateHosts:0", "gitlab.internal")]
    [InlineData("AuthServer:Webhooks:LogKept", "5.12:00:00")]
    [InlineData("AuthServer:Resources:1:SelfRegisteredClients", "true")]
    public async Task A_setting_that_cannot_work_stops_the_start(string key, string value)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Flows.StartAsync((key, value)));
        Assert.Contains(key.Split(':')[2] is "1" ? "SelfRegisteredClients" : key.Split(':')[2], refused.Message, StringComparison.Ordinal);
    }

    private static JsonObject Metadata(string name, string? method = "none") => new()
    {
        ["client_name"] = name,
        ["redirect_uris"] = new JsonArray(McpSide.Callback),
        ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
        ["token_endpoint_auth_method"] = method,
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string[] Strings(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
}
