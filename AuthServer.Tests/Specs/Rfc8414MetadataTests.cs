using System.Net;
using System.Text.Json;
using AuthServer.Endpoints;
using AuthServer.Protocol.Clients;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 8414 and OIDC Discovery: the document says what the server does, no more and no less.</summary>
public sealed class Rfc8414MetadataTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task Both_addresses_serve_the_same_octets_with_the_issuer_that_tokens_and_answers_carry()
    {
        using var openId = await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration");
        using var oauth = await side.SendAsync(HttpMethod.Get, "/.well-known/oauth-authorization-server");
        var octets = await openId.Content.ReadAsByteArrayAsync();
        Assert.Equal(octets, await oauth.Content.ReadAsByteArrayAsync());

        using var document = JsonDocument.Parse(octets);
        var issuer = Text(document.RootElement, "issuer");
        Assert.Equal(side.Server.Issuer, issuer);
        var tokens = await side.TokensAsync();
        Assert.Equal(issuer, Text(Flows.Claims(Text(tokens, "access_token")), "iss"));
        Assert.Equal(issuer, Text(Flows.Claims(Text(tokens, "id_token")), "iss"));
        Assert.Equal(issuer, Text(await side.IntrospectAsync(Text(tokens, "access_token")), "iss"));
        Assert.Equal(issuer, Flows.Query(side.Browser.Left!)["iss"]);
    }

    [Theory]
    [Trait("negative", "25")]
    [InlineData("Host", "attacker.example")]
    [InlineData("X-Forwarded-Host", "attacker.example")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Prefix", "/attacker")]
    [InlineData("Forwarded", "host=attacker.example;proto=https")]
    public async Task No_header_changes_it(string header, string value)
    {
        using var plain = await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration");
        using var response = await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration", null, (header, value));
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_endpoint_that_is_named_answers()
    {
        var document = await DocumentAsync();
        foreach (var member in document.EnumerateObject().Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) || member.Name == "jwks_uri"))
        {
            var address = member.Value.GetString()!;
            Assert.StartsWith(side.Server.Issuer + "/", address, StringComparison.Ordinal);
            using var get = await side.SendAsync(HttpMethod.Get, new Uri(address).AbsolutePath);
            Assert.NotEqual(HttpStatusCode.NotFound, get.StatusCode);
            Assert.True((int)get.StatusCode < 500, $"{member.Name}: {get.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_grant_type_that_is_named_is_known_and_they_are_those_that_are_registered()
    {
        var named = Strings(await DocumentAsync(), "grant_types_supported");
        Assert.Equal(side.Server.Services.GetRequiredService<Grants>().Types, named);
        foreach (var grant in named)
        {
            using var response = await Flows.TokenAsync(side.Server, "web", Flows.Secret, ("grant_type", grant));
            Assert.DoesNotContain("unsupported_grant_type", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("token", "/connect/token")]
    [InlineData("introspection", "/connect/introspect")]
    [InlineData("revocation", "/connect/revoke")]
    public async Task Every_method_of_authentication_that_is_named_works_and_no_other(string endpoint, string path)
    {
        var named = Strings(await DocumentAsync(), endpoint + "_endpoint_auth_methods_supported");
        Assert.Subset(ClientAuthenticationMethods.All.ToHashSet(), named.ToHashSet());
        var tokens = await side.TokensAsync("spa");
        foreach (var method in ClientAuthenticationMethods.All)
        {
            (string, string)[] body = path == "/connect/token"
                ? method == "none" ? [("grant_type", "refresh_token"), ("refresh_token", Text(tokens, "refresh_token"))] : [("grant_type", "client_credentials"), ("scope", "things.read")]
                : [("token", "unknown")];
            using var response = method switch
            {
                "none" => await side.SendAsync(HttpMethod.Post, path, Form([.. body, ("client_id", "spa")])),
                "client_secret_basic" => await side.SendAsync(HttpMethod.Post, path, Form(body), ("Authorization", Basic("basic", Flows.Secret))),
                "client_secret_post" => await side.SendAsync(HttpMethod.Post, path, Form([.. body, ("client_id", "poster"), ("client_secret", Flows.Secret)])),
                "private_key_jwt" => await side.SendAsync(HttpMethod.Post, path, Form([.. body, ("client_assertion_type", AssertionType), ("client_assertion", side.Assertion())])),
                _ => throw new InvalidOperationException($"How does {method} work?"),
            };
            Assert.True(response.IsSuccessStatusCode == named.Contains(method), $"{path} {method}: {(int)response.StatusCode}");
        }
    }

    [Theory]
    [InlineData("token")]
    [InlineData("introspection")]
    [InlineData("revocation")]
    public async Task Every_algorithm_for_assertions_that_is_named_is_accepted(string endpoint)
    {
        var named = Strings(await DocumentAsync(), endpoint + "_endpoint_auth_signing_alg_values_supported");
        Assert.Equal(MoreKeys.Append(Key).Select(key => key.Algorithm.ToString()).Order(), named.Order());
        foreach (var key in MoreKeys.Append(Key))
        {
            using var response = await side.AssertAsync(side.Assertion(key: key));
            Assert.True(response.IsSuccessStatusCode, key.Algorithm.ToString());
        }
    }

    [Fact]
    public async Task What_is_named_besides_is_true()
    {
        var document = await DocumentAsync();
        Assert.Equal(["code"], Strings(document, "response_types_supported"));
        Assert.Equal(["query", "form_post"], Strings(document, "response_modes_supported"));
        Assert.Equal(["S256"], Strings(document, "code_challenge_methods_supported"));
        Assert.Equal(["public"], Strings(document, "subject_types_supported"));
        Assert.Contains("offline_access", Strings(document, "scopes_supported"));
        Assert.True(document.GetProperty("client_id_metadata_document_supported").GetBoolean());
        Assert.Contains("RS256", Strings(document, "id_token_signing_alg_values_supported"));
        Assert.True(document.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
        Assert.True(document.GetProperty("claims_parameter_supported").GetBoolean());
        Assert.False(document.GetProperty("request_parameter_supported").GetBoolean());
        Assert.False(document.GetProperty("request_uri_parameter_supported").GetBoolean());
        Assert.DoesNotContain("none", Strings(document, "id_token_signing_alg_values_supported"));
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/jwks")]
    public async Task HEAD_says_what_GET_would_and_other_methods_are_refused(string path)
    {
        using var get = await side.SendAsync(HttpMethod.Get, path);
        using var head = await side.SendAsync(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal("application/json", get.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=300", get.Headers.CacheControl?.ToString());
        using var post = await side.SendAsync(HttpMethod.Post, path, Form());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var response = await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration");
        return await OkAsync(response);
    }

    private static string[] Strings(JsonElement document, string name) => [.. document.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
}
