using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuthServer.Protocol.Clients;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>draft-ietf-oauth-client-id-metadata-document: which addresses and documents make no client, and what a hostile one costs.</summary>
[Trait("negative", "51")]
public sealed class ClientIdMetadataDocumentRulesTests(McpSide side) : IClassFixture<McpSide>
{
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

        await side.RefusedAsync(id);
        Assert.Equal(1, side.Host.Asked(path));
    }

    [Theory]
    [InlineData("/text.json", "this is no JSON")]
    [InlineData("/array.json", "[]")]
    [InlineData("/twice.json", """{"client_id":"a","client_id":"b"}""")]
    public async Task What_is_no_JSON_object_makes_no_client(string path, string body)
    {
        side.Host.Serve(path, body);

        await side.RefusedAsync(side.Host.At(path).AbsoluteUri);
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

        await side.RefusedAsync(id);
        Assert.Contains(side.Server.Logs.All, line => line.Contains("content_type", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    [InlineData("application/cimd+json")]
    public async Task What_its_host_calls_JSON_in_other_words_does(string type)
    {
        using var browser = await side.ConsentAsync(PublishAs(type), McpSide.Callback);
    }

    [Fact]
    public async Task More_than_five_kilobytes_make_no_client() =>
        await side.RefusedAsync(side.Publish("/large.json", document => document["padding"] = new string('x', 5 * 1024)));

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
        await side.RefusedAsync("http://client.example/client.json");
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains("client.example:80", StringComparison.Ordinal));
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
}
