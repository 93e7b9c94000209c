using System.Net;
using System.Text;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6750 at userinfo (OIDC Core §5.3): how a token may come, and how it is refused.</summary>
public sealed class Rfc6750BearerTests(TokenSide side) : IClassFixture<TokenSide>
{
    private const string Path = "/connect/userinfo";

    [Fact]
    public async Task A_token_may_come_in_the_header_of_GET_or_POST_or_in_the_body()
    {
        var tokens = await side.TokensAsync();
        var token = Text(tokens, "access_token");

        using var get = await side.UserInfoAsync(token);
        using var post = await side.SendAsync(HttpMethod.Post, Path, null, ("Authorization", "Bearer " + token));
        using var lower = await side.SendAsync(HttpMethod.Get, Path, null, ("Authorization", "bearer " + token));
        using var body = await side.SendAsync(HttpMethod.Post, Path, Form(("access_token", token)));

        foreach (var response in new[] { get, post, lower, body })
        {
            var claims = await OkAsync(response);
            Assert.Equal(Text(Flows.Claims(token), "sub"), Text(claims, "sub"));
            Assert.Equal(Flows.Email, Text(claims, "email"));
            Assert.Equal("Ada Lovelace", Text(claims, "name"));
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        }
    }

    [Fact]
    public async Task Claims_follow_the_scopes()
    {
        var tokens = await side.TokensAsync("web", ("scope", "openid"));
        using var response = await side.UserInfoAsync(Text(tokens, "access_token"));
        Assert.Equal(["sub"], (await OkAsync(response)).EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Without_a_token_the_challenge_names_no_error()
    {
        using var response = await side.SendAsync(HttpMethod.Get, Path);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(
            "Bearer realm=\"AuthServer\", DPoP realm=\"AuthServer\", algs=\"ES256 ES384 RS256 PS256\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task A_token_in_the_query_is_not_read()
    {
        var tokens = await side.TokensAsync();
        using var get = await side.SendAsync(HttpMethod.Get, $"{Path}?access_token={Text(tokens, "access_token")}");
        Assert.Equal(HttpStatusCode.Unauthorized, get.StatusCode);
        using var post = await side.SendAsync(HttpMethod.Post, $"{Path}?access_token={Text(tokens, "access_token")}", Form());
        Assert.Equal(HttpStatusCode.Unauthorized, post.StatusCode);
    }

    [Fact]
    public async Task A_token_in_two_places_or_twice_in_one_is_refused()
    {
        var token = Text(await side.TokensAsync(), "access_token");
        using var both = await side.SendAsync(HttpMethod.Post, Path, Form(("access_token", token)), ("Authorization", "Bearer " + token));
        await AssertRefusedAsync(both, 400, "invalid_request");
        using var twice = await side.SendAsync(HttpMethod.Post, Path, Form(("access_token", token), ("access_token", token)));
        await AssertRefusedAsync(twice, 400, "invalid_request");
        using var hidden = await side.SendAsync(HttpMethod.Post, Path, Form(("access_token", "a"), ("access_token", "b")), ("Authorization", "Bearer " + token));
        await AssertRefusedAsync(hidden, 400, "invalid_request");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_bad_token_is_an_invalid_token(string token)
    {
        using var header = await side.UserInfoAsync(token);
        await AssertRefusedAsync(header, 401, "invalid_token");
        using var body = await side.SendAsync(HttpMethod.Post, Path, Form(("access_token", token)));
        await AssertRefusedAsync(body, 401, "invalid_token");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Basic d2ViOng=")]
    [InlineData("DPoP abc")]
    [InlineData("Token abc")]
    public async Task Another_scheme_is_no_token(string authorization)
    {
        using var response = await side.SendAsync(HttpMethod.Get, Path, null, ("Authorization", authorization));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.StartsWith("Bearer ", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_without_openid_lacks_the_scope_and_is_told_which()
    {
        var tokens = await side.TokensAsync("web", ("scope", "profile"));
        using var response = await side.UserInfoAsync(Text(tokens, "access_token"));
        await AssertRefusedAsync(response, 403, "insufficient_scope");
        Assert.Contains("scope=\"openid\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_token_is_an_invalid_token()
    {
        var tokens = await side.TokensAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(15));
        using var response = await side.UserInfoAsync(Text(tokens, "access_token"));
        await AssertRefusedAsync(response, 401, "invalid_token");
    }

    [Fact]
    [Trait("negative", "37")]
    public async Task A_body_that_is_no_form_is_refused()
    {
        using var json = await side.SendAsync(HttpMethod.Post, Path, Body(Encoding.UTF8.GetBytes("""{"access_token":"x"}"""), "application/json"));
        await AssertRefusedAsync(json, 400, "invalid_request");
        using var large = await side.SendAsync(HttpMethod.Post, Path, Form(("access_token", new string('x', 70_000))));
        Assert.Contains((int)large.StatusCode, new[] { 400, 413 });
        using var nul = await side.SendAsync(HttpMethod.Post, Path, Body("access_token=%00"u8.ToArray()));
        await AssertRefusedAsync(nul, 400, "invalid_request");
    }

    [Fact]
    public async Task Two_authorization_headers_are_no_token()
    {
        var token = Text(await side.TokensAsync(), "access_token");
        var status = await RawAsync(
            side.Server,
            $"GET {Path} HTTP/1.1\r\nHost: {side.Server.Address.Authority}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n\r\n");
        Assert.Matches("^HTTP/1.1 40[01] ", status);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, int status, string error)
    {
        await AssertErrorBodyAsync(response, status, error);
        Assert.Contains($"error=\"{error}\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Bearer realm=", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    private static async Task AssertErrorBodyAsync(HttpResponseMessage response, int status, string error)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        Assert.Contains($"\"error\":\"{error}\"", body, StringComparison.Ordinal);
    }
}
