using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Clients;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Specs;

/// <summary>draft-ietf-oauth-client-id-metadata-document: a client id that is an address, and what is behind it.</summary>
[Trait("negative", "51")]
public sealed class ClientIdMetadataDocumentTests(McpSide side) : IClassFixture<McpSide>
{
    [Fact]
    public async Task A_client_is_met_by_its_address_and_gets_tokens_for_an_open_resource()
    {
        var id = side.Publish("/good.json");
        using var browser = new TestBrowser(side.Server);

        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);

        var claims = Flows.Claims(tokens.GetProperty("access_token").GetString()!);
        Assert.Equal(id, claims.GetProperty("client_id").GetString());
        Assert.Equal(McpSide.Mcp, claims.GetProperty("aud").GetString());
        Assert.Equal("tools.call offline_access", tokens.GetProperty("scope").GetString());
        using var refreshed = await side.RefreshAsync(id, tokens);
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        Assert.Equal(1, side.Host.Asked("/good.json"));
    }

    [Fact]
    public async Task Nothing_of_it_is_stored_before_a_person_consents()
    {
        var id = side.Publish("/stranger.json");
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(id, McpSide.Callback, ("scope", "openid")));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        Assert.Equal(0, await RowsAsync(id));

        await browser.SubmitAsync(button: "Allow");

        Assert.Equal(1, await RowsAsync(id));
    }

    [Fact]
    public async Task The_token_endpoint_sends_no_request_for_a_client_that_nobody_has_met()
    {
        var id = side.Publish("/unmet.json");

        using var response = await side.RedeemAsync(id, McpSide.Callback, "code");

        await Flows.AssertErrorAsync(response, 401, "invalid_client");
        Assert.Equal(0, side.Host.Asked("/unmet.json"));
    }

    [Fact]
    public async Task The_consent_page_shows_the_host_of_the_client_and_of_the_redirect()
    {
        var id = side.Publish("/shown.json");
        using var browser = await ConsentAsync(id, McpSide.Callback);

        Assert.Contains("The published client", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(side.Host.Name, browser.Page.QuerySelector(".client-host")!.TextContent);
        Assert.Equal("client.example", browser.Page.QuerySelector(".host")!.TextContent);
    }

    [Theory]
    [InlineData("http://localhost/callback", "http://localhost:51234/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:3118/callback")]
    public async Task A_loopback_address_without_a_port_stands_for_every_port_and_is_warned_of(string published, string asked)
    {
        var id = side.Publish($"/loopback{asked.Length}.json", document => document["redirect_uris"] = new JsonArray(published));
        using var browser = await ConsentAsync(id, asked);

        Assert.Contains("Nobody vouches for this application", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Allow");
        Assert.StartsWith(asked + "?code=", browser.Left!.AbsoluteUri, StringComparison.Ordinal);
        await browser.GoAsync(Flows.AuthorizeUrl(id, asked, ("scope", "openid")));
        Assert.Equal("/consent", browser.Address.AbsolutePath);
    }

    public static TheoryData<string, string> Refused { get; } = new()
    {
        { "another id", """{"client_id":"https://other.example/x"}""" },
        { "no id", """{"client_id":null}""" },
        { "no name", """{"client_name":null}""" },
        { "no redirect", """{"redirect_uris":[]}""" },
        { "redirects that are no list", """{"redirect_uris":"https://client.example/oauth/callback"}""" },
        { "a redirect that runs", """{"redirect_uris":["javascript:alert(1)"],"application_type":"native"}""" },
        { "a secret", """{"client_secret":"s"}""" },
        { "an expiry of a secret", """{"client_secret_expires_at":0}""" },
        { "client_secret_basic", """{"token_endpoint_auth_method":"client_secret_basic"}""" },
        { "client_secret_post among others", """{"token_endpoint_auth_methods_supported":["none","client_secret_post"]}""" },
        { "a method that is not known", """{"token_endpoint_auth_method":"tls_client_auth"}""" },
        { "private_key_jwt without keys", """{"token_endpoint_auth_method":"private_key_jwt"}""" },
        { "keys at a private address", """{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"http://10.0.0.1/jwks"}""" },
        { "a private key", """{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]}}""" },
        { "no code grant", """{"grant_types":["client_credentials"]}""" },
        { "no code response", """{"response_types":["token"]}""" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_document_that_breaks_a_rule_makes_no_client(string what, string changes)
    {
        var path = $"/refused-{what.Replace(' ', '-')}.json";
        var id = side.Publish(path, document =>
        {
            foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
            {
                document[name] = value?.DeepClone();
            }
        });

        await RefusedAsync(id);
        Assert.Equal(1, side.Host.Asked(path));
    }

    [Theory]
    [InlineData("/text.json", "this is no JSON")]
    [InlineData("/array.json", "[]")]
    [InlineData("/twice.json", """{"client_id":"a","client_id":"b"}""")]
    public async Task What_is_no_JSON_object_makes_no_client(string path, string body)
    {
        side.Host.Serve(path, body);

        await RefusedAsync(side.Host.At(path).AbsoluteUri);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("text/json")]
    [InlineData("application/octet-stream")]
    [InlineData("application/jsonp")]
    [InlineData("image/svg+json")]
    [InlineData(null)]
    public async Task What_its_host_does_not_call_JSON_makes_no_client(string? type)
    {
        var id = PublishAs(type);

        await RefusedAsync(id);
        Assert.Contains(side.Server.Logs.All, line => line.Contains("content_type", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    [InlineData("application/cimd+json")]
    public async Task What_its_host_calls_JSON_in_other_words_does(string type)
    {
        using var browser = await ConsentAsync(PublishAs(type), McpSide.Callback);
    }

    [Fact]
    public async Task A_logo_and_other_addresses_are_neither_fetched_nor_shown()
    {
        var id = side.Publish("/dressed.json", document =>
        {
            foreach (var name in new[] { "logo_uri", "client_uri", "tos_uri", "policy_uri", "sector_identifier_uri", "backchannel_logout_uri" })
            {
                document[name] = side.Host.At("/" + name).AbsoluteUri;
            }

            document["request_uris"] = new JsonArray(side.Host.At("/request").AbsoluteUri);
        });
        using var browser = await ConsentAsync(id, McpSide.Callback);

        Assert.All(browser.Page.QuerySelectorAll("img, iframe, link, script"), element => Assert.DoesNotContain(side.Host.Name, element.OuterHtml, StringComparison.Ordinal));
        await browser.SubmitAsync(button: "Allow");
        Assert.All(new[] { "/logo_uri", "/client_uri", "/tos_uri", "/policy_uri", "/sector_identifier_uri", "/backchannel_logout_uri", "/request" }, path => Assert.Equal(0, side.Host.Asked(path)));
    }

    [Fact]
    public async Task More_than_five_kilobytes_make_no_client() =>
        await RefusedAsync(side.Publish("/large.json", document => document["padding"] = new string('x', 5 * 1024)));

    [Theory]
    [InlineData("https://client.example")]
    [InlineData("https://client.example/")]
    [InlineData("https://client.example/a#b")]
    [InlineData("https://client.example/a#")]
    [InlineData("https://user@client.example/a")]
    [InlineData("https://client.example/a/../b")]
    [InlineData("https://client.example/./a")]
    [InlineData("https://client.example/%2e%2e/a")]
    [InlineData("https://Client.example/a")]
    [InlineData("https://client.example:443/a")]
    [InlineData("https:/client.example/a")]
    [InlineData("http:\\\\client.example/a")]
    [InlineData("ftp://client.example/a")]
    public void An_address_that_is_not_written_in_the_one_way_is_no_client_id(string id) => Assert.Null(MetadataDocument.ReadAddress(id));

    [Theory]
    [InlineData("https://claude.ai/oauth/claude-code-client-metadata")]
    [InlineData("https://chatgpt.com/oauth/abc123/client.json")]
    [InlineData("https://client.example/a?v=1")]
    public void One_that_is_may_be(string id) => Assert.NotNull(MetadataDocument.ReadAddress(id));

    [Fact]
    public async Task Plain_http_is_no_client_id_where_nobody_allowed_it()
    {
        await RefusedAsync("http://client.example/client.json");
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains("client.example:80", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_not_kept_as_a_document_but_its_host_is_left_alone_for_a_moment()
    {
        side.Host.Serve("/late.json", "{}", status: 503);
        var id = side.Host.At("/late.json").AbsoluteUri;
        await RefusedAsync(id);
        side.Publish("/late.json");
        await RefusedAsync(id);
        Assert.Equal(1, side.Host.Asked("/late.json"));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(31));

        using var browser = await ConsentAsync(id, McpSide.Callback);
    }

    [Fact]
    public async Task A_document_is_kept_as_long_as_it_says_within_bounds()
    {
        var never = side.Publish("/never.json", null, "no-store");
        var week = side.Publish("/week.json", null, "max-age=604800");
        foreach (var id in new[] { never, week, never, week })
        {
            using var browser = await ConsentAsync(id, McpSide.Callback);
        }

        Assert.Equal((1, 1), (side.Host.Asked("/never.json"), side.Host.Asked("/week.json")));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var id in new[] { never, week })
        {
            using var browser = await ConsentAsync(id, McpSide.Callback);
        }

        Assert.Equal((2, 1), (side.Host.Asked("/never.json"), side.Host.Asked("/week.json")));
        side.Server.Clock.Advance(TimeSpan.FromHours(1));
        using var last = await ConsentAsync(week, McpSide.Callback);
        Assert.Equal(2, side.Host.Asked("/week.json"));
    }

    [Fact]
    public async Task The_token_endpoint_looks_again_and_a_document_that_is_gone_ends_the_client()
    {
        var id = side.Publish("/gone.json", null, "no-store");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);
        side.Host.Serve("/gone.json", "", status: 404);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        using var response = await side.RefreshAsync(id, tokens);

        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Fact]
    public async Task A_code_is_worth_nothing_once_the_document_dropped_the_redirect_it_went_to()
    {
        var id = side.Publish("/moved.json", null, "no-store");
        using var browser = new TestBrowser(side.Server);
        await side.TokensAsync(browser, id, McpSide.Callback);
        var answer = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "tools.call"), ("resource", McpSide.Mcp));
        side.Publish("/moved.json", document => document["redirect_uris"] = new JsonArray("https://other.example/callback"), "no-store");

        // A code lives a minute, as long as the least that a document is kept: here the document was fetched a little before.
        side.Server.Clock.Advance(TimeSpan.FromSeconds(59));
        using var fresh = await side.RedeemAsync(id, McpSide.Callback, "unknown");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        using var response = await side.RedeemAsync(id, McpSide.Callback, answer["code"]);

        await Flows.AssertErrorAsync(response, 400, "invalid_grant");
    }

    [Theory]
    [InlineData("redirects")]
    [InlineData("method")]
    public async Task What_was_granted_ends_and_people_are_asked_anew_where_what_they_relied_on_is_gone(string what)
    {
        var path = $"/changed-{what}.json";
        var id = side.Publish(path, null, "no-store");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);
        const string next = "https://next.example/callback";
        side.Publish(
            path,
            document =>
            {
                document["redirect_uris"] = what == "redirects" ? new JsonArray(next) : new JsonArray(McpSide.Callback, next);
                document["token_endpoint_auth_method"] = "none";
                document["token_endpoint_auth_methods_supported"] = what == "method" ? new JsonArray("none", "private_key_jwt") : null;
                document["jwks_uri"] = what == "method" ? side.Host.At("/jwks.json").AbsoluteUri : null;
            },
            "no-store");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        using var response = await side.RefreshAsync(id, tokens);
        await Flows.AssertErrorAsync(response, 400, "invalid_grant");
        await browser.GoAsync(Flows.AuthorizeUrl(id, next, ("scope", "tools.call offline_access"), ("resource", McpSide.Mcp)));
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        await browser.SubmitAsync(button: "Allow");
        Assert.Equal(1, await RowsAsync(id));
        using var again = await side.RefreshAsync(id, tokens);
        await Flows.AssertErrorAsync(again, 400, "invalid_grant");
    }

    [Fact]
    public async Task One_more_redirect_and_another_name_end_nothing()
    {
        var id = side.Publish("/grown.json", null, "no-store");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);
        side.Publish(
            "/grown.json",
            document => (document["client_name"], document["redirect_uris"]) = ("Another name", new JsonArray("https://more.example/callback", McpSide.Callback)),
            "no-store");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        using var response = await side.RefreshAsync(id, tokens);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_client_with_published_keys_signs_and_may_change_them_meanwhile()
    {
        var (first, second) = (SigningKey.Create(JwsAlgorithm.RS256), SigningKey.Create(JwsAlgorithm.RS256));
        side.Host.Serve("/keys.json", Keys(first));
        var id = side.Publish("/signer.json", document =>
        {
            document["token_endpoint_auth_method"] = "private_key_jwt";
            document["jwks_uri"] = side.Host.At("/keys.json").AbsoluteUri;
        });
        using var browser = new TestBrowser(side.Server);
        var answer = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "tools.call offline_access"), ("resource", McpSide.Mcp));
        using var unsigned = await side.RedeemAsync(id, McpSide.Callback, answer["code"]);
        await Flows.AssertErrorAsync(unsigned, 401, "invalid_client");
        using var signed = await SignedAsync(id, first, ("grant_type", "authorization_code"), ("code", answer["code"]), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier));
        Assert.True(signed.IsSuccessStatusCode, await signed.Content.ReadAsStringAsync());
        var refresh = (await TestServer.JsonAsync(signed)).GetProperty("refresh_token").GetString()!;

        side.Host.Serve("/keys.json", Keys(second));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var changed = await SignedAsync(id, second, ("grant_type", "refresh_token"), ("refresh_token", refresh));

        Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync());
        using var former = await SignedAsync(id, first, ("grant_type", "refresh_token"), ("refresh_token", refresh));
        await Flows.AssertErrorAsync(former, 401, "invalid_client");
    }

    /// <summary>ChatGPT's document: it prefers to sign, and lists none beside it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_lists_two_methods_may_use_either(bool signs)
    {
        var key = SigningKey.Create(JwsAlgorithm.RS256);
        side.Host.Serve("/either-keys.json", Keys(key));
        var id = side.Publish("/either.json", document =>
        {
            document["token_endpoint_auth_method"] = "private_key_jwt";
            document["token_endpoint_auth_methods_supported"] = new JsonArray("none", "private_key_jwt");
            document["jwks_uri"] = side.Host.At("/either-keys.json").AbsoluteUri;
        });
        using var browser = new TestBrowser(side.Server);
        var answer = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "tools.call"), ("resource", McpSide.Mcp));

        using var response = signs
            ? await SignedAsync(id, key, ("grant_type", "authorization_code"), ("code", answer["code"]), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier))
            : await side.RedeemAsync(id, McpSide.Callback, answer["code"]);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_metadata_documents_an_address_is_nobody()
    {
        await using var server = await side.StartAsync(("AuthServer:Registration:MetadataDocuments", "false"));
        var id = side.Publish("/off.json");
        using var browser = new TestBrowser(server);

        await browser.GoAsync(Flows.AuthorizeUrl(id, McpSide.Callback));

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Equal(0, side.Host.Asked("/off.json"));
        var document = (await side.SendAsync(HttpMethod.Get, "/.well-known/oauth-authorization-server", server: server)).Body;
        Assert.False(document.GetProperty("client_id_metadata_document_supported").GetBoolean());
    }

    [Fact]
    public async Task An_address_that_was_refused_too_much_causes_no_more_requests()
    {
        await using var server = await side.StartAsync(("AuthServer:RateLimits:PerAddress", "5"));
        using var browser = new TestBrowser(server);
        for (var i = 0; i < 8; i++)
        {
            await browser.GoAsync(Flows.AuthorizeUrl(side.Host.At($"/flood-{i}.json").AbsoluteUri, McpSide.Callback));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Response.StatusCode);
        Assert.Equal(0, side.Host.Asked("/flood-7.json"));
    }

    /// <summary>A document that is good but for what its host calls it.</summary>
    private string PublishAs(string? type)
    {
        var path = $"/typed-{Guid.NewGuid():N}.json";
        string body = "";
        var id = side.Publish(path, document => body = document.ToJsonString());
        side.Host.Serve(path, http =>
        {
            http.Response.ContentType = type;
            return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
        });
        return id;
    }

    private async Task RefusedAsync(string clientId)
    {
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, McpSide.Callback));
        Assert.Null(browser.Left);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("not known to this server", browser.Text, StringComparison.Ordinal);
    }

    /// <summary>At the consent page.</summary>
    private async Task<TestBrowser> ConsentAsync(string clientId, string redirectUri)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(clientId, redirectUri, ("scope", "openid")));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        return browser;
    }

    private Task<int> RowsAsync(string clientId) => side.Server.QueryAsync(context => context.Applications.CountAsync(row => row.ClientId == clientId));

    private async Task<HttpResponseMessage> SignedAsync(string clientId, SigningKey key, params (string Name, string? Value)[] form)
    {
        var now = side.Server.Clock.Now.ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = side.Server.Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now,
            ["exp"] = now + 60,
        });
        return await Flows.TokenAsync(
            side.Server, clientId, null,
            [.. form, ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", Jws.Sign(key, "JWT", claims))]);
    }

    private static string Keys(SigningKey key) => Encoding.UTF8.GetString(new JsonWebKeySet([key.PublicKey]).ToUtf8());
}
