using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §5.2: how a refusal looks, and what it does not give away.</summary>
public sealed class Rfc6749ErrorResponseTests(TokenSide side) : IClassFixture<TokenSide>
{
    public static TheoryData<string, int, string> Refusals => new()
    {
        { "client_id=nobody&grant_type=client_credentials", 401, "invalid_client" },
        { "client_id=spa&grant_type=client_credentials", 400, "unauthorized_client" },
        { "client_id=spa&grant_type=refresh_token&refresh_token=x", 400, "invalid_grant" },
        { "client_id=spa&grant_type=authorization_code&code=x", 400, "invalid_grant" },
        { "client_id=spa&grant_type=authorization_code", 400, "invalid_request" },
        { "client_id=spa&grant_type=refresh_token", 400, "invalid_request" },
        { "client_id=spa&grant_type=nothing", 400, "unsupported_grant_type" },
        { "client_id=spa", 400, "invalid_request" },
        { "client_id=spa&grant_type=", 400, "invalid_request" },
        { "", 400, "invalid_request" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_json_that_nobody_keeps(string body, int status, string error)
    {
        using var response = await side.SendAsync(HttpMethod.Post, "/connect/token", Body(System.Text.Encoding.ASCII.GetBytes(body)));

        await Flows.AssertErrorAsync(response, status, error);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", response.Headers.Pragma.ToString());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.False(response.Headers.Contains("Server"));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(["error", "error_description", "error_uri"], json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal($"{side.Server.Issuer}/docs/errors#{error}", Text(json.RootElement, "error_uri"));

        // RFC 6749 §5.2: neither member may hold anything but %x20-21 / %x23-5B / %x5D-7E.
        Assert.Matches("^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+$", Text(json.RootElement, "error_description"));
    }

    [Fact]
    public async Task Success_is_json_that_nobody_keeps()
    {
        using var response = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("no-cache", response.Headers.Pragma.ToString());
    }

    [Fact]
    public async Task Every_way_in_which_a_grant_can_fail_is_described_alike()
    {
        var code = await side.CodeAsync();
        using var unknown = await side.RedeemAsync("web", "unknown");
        using var foreign = await side.RedeemAsync("other", code);
        using var verifier = await side.RedeemAsync("web", code, ("code_verifier", new string('x', 43)));
        using var redirect = await side.RedeemAsync("web", code, ("redirect_uri", "https://attacker.example"));
        using var right = await side.RedeemAsync("web", code);
        using var replayed = await side.RedeemAsync("web", code);
        using var refresh = await side.RefreshAsync("web", "unknown");

        var bodies = new HashSet<string>();
        foreach (var response in new[] { unknown, foreign, verifier, redirect, replayed, refresh })
        {
            bodies.Add(await response.Content.ReadAsStringAsync());
        }

        Assert.Single(bodies);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a\r\nSet-Cookie: x=y")]
    [InlineData("{{7*7}}")]
    public async Task A_refusal_repeats_nothing_that_was_sent(string value)
    {
        foreach (var name in new[] { "grant_type", "code", "client_id", "refresh_token", "redirect_uri" })
        {
            using var response = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), (name, value), (name, value));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.DoesNotContain(value, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }

        using var unknownGrant = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", value));
        Assert.DoesNotContain(value, await unknownGrant.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dpop_jkt")]
    [InlineData("request")]
    [InlineData("request_uri")]
    [InlineData("authorization_details")]
    public async Task A_parameter_of_a_feature_that_is_not_there_is_refused_and_not_ignored(string name)
    {
        using var response = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), (name, "x"));
        await Flows.AssertErrorAsync(response, 400, "invalid_request");

        await side.Browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, (name, "x")));
        Assert.Equal(
            name switch { "request" => "request_not_supported", "request_uri" => "request_uri_not_supported", _ => "invalid_request" },
            Flows.Query(side.Browser.Left!)["error"]);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_not_found()
    {
        foreach (var path in new[] { "/connect/par", "/connect/nothing", "/.well-known/nothing", "/connect/token/x" })
        {
            using var response = await side.SendAsync(HttpMethod.Post, path, Form(("x", "y")));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }
}
