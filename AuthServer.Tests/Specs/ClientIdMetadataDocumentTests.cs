using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>draft-ietf-oauth-client-id-metadata-document: a client id that is an address, and what such a client may do.</summary>
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
    public async Task An_address_of_400_characters_is_a_client_id_wherever_one_is_stored_or_named()
    {
        var root = side.Host.At("/").AbsoluteUri;
        var (id, tooLong) = (side.Publish("/" + new string('c', 400 - root.Length)), side.Publish("/" + new string('d', 401 - root.Length)));
        Assert.Equal((400, 401), (id.Length, tooLong.Length));
        using var browser = new TestBrowser(side.Server);

        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);

        Assert.Equal(id, Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("client_id").GetString());
        using var refreshed = await side.RefreshAsync(id, tokens);
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        Assert.Equal(1, await side.RowsAsync(id));
        Assert.Contains(await side.Server.TrailAsync(AuditEventTypes.TokenIssued), row => row.ClientId == id);
        await side.RefusedAsync(tooLong);
    }

    [Fact]
    public async Task Nothing_of_it_is_stored_before_a_person_consents()
    {
        var id = side.Publish("/stranger.json");
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(Flows.AuthorizeUrl(id, McpSide.Callback, ("scope", "openid")));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        Assert.Equal(0, await side.RowsAsync(id));

        await browser.SubmitAsync(button: "Allow");

        Assert.Equal(1, await side.RowsAsync(id));
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
        using var browser = await side.ConsentAsync(id, McpSide.Callback);

        Assert.Contains("The published client", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(side.Host.Name, browser.Page.QuerySelector("#client-host")!.TextContent);
        Assert.Equal("client.example", browser.Page.QuerySelector(".host")!.TextContent);
    }

    [Theory]
    [InlineData("http://localhost/callback", "http://localhost:51234/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:3118/callback")]
    public async Task A_loopback_address_without_a_port_stands_for_every_port_and_is_warned_of(string published, string asked)
    {
        var id = side.Publish($"/loopback{asked.Length}.json", document => document["redirect_uris"] = new JsonArray(published));
        using var browser = await side.ConsentAsync(id, asked);

        Assert.Contains("Nobody vouches for this application", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Allow");
        Assert.StartsWith(asked + "?code=", browser.Left!.AbsoluteUri, StringComparison.Ordinal);
        await browser.GoAsync(Flows.AuthorizeUrl(id, asked, ("scope", "openid")));
        Assert.Equal("/consent", browser.Address.AbsolutePath);
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
        using var browser = await side.ConsentAsync(id, McpSide.Callback);

        Assert.All(browser.Page.QuerySelectorAll("img, iframe, link, script"), element => Assert.DoesNotContain(side.Host.Name, element.OuterHtml, StringComparison.Ordinal));
        await browser.SubmitAsync(button: "Allow");
        Assert.All(new[] { "/logo_uri", "/client_uri", "/tos_uri", "/policy_uri", "/sector_identifier_uri", "/backchannel_logout_uri", "/request" }, path => Assert.Equal(0, side.Host.Asked(path)));
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
