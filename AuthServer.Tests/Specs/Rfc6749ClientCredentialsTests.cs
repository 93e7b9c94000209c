using System.Net;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §4.4: a client that acts for itself.</summary>
[Trait("negative", "32")]
public sealed class Rfc6749ClientCredentialsTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task The_client_gets_an_access_token_about_itself_and_nothing_else()
    {
        using var response = await AskAsync(("scope", "things.read"));

        var tokens = await OkAsync(response);
        Assert.Equal(["access_token", "expires_in", "scope", "token_type"], tokens.EnumerateObject().Select(member => member.Name).Order());
        var claims = Flows.Claims(Text(tokens, "access_token"));
        Assert.Equal("machine", Text(claims, "sub"));
        Assert.Equal("machine", Text(claims, "client_id"));
        foreach (var ofPeople in new[] { "auth_time", "acr", "sid", "authorization_id", "fam", "nonce" })
        {
            Assert.False(claims.TryGetProperty(ofPeople, out _));
        }
    }

    [Theory]
    [InlineData("things.read things.admin")]
    [InlineData("openid")]
    [InlineData("things.read openid")]
    [InlineData("profile")]
    [InlineData("offline_access")]
    [InlineData("email address phone")]
    [InlineData("THINGS.READ")]
    [InlineData("things")]
    [InlineData("things.read\u0007")]
    public async Task A_scope_that_is_not_the_clients_is_refused(string scope)
    {
        using var response = await AskAsync(("scope", scope));
        await Flows.AssertErrorAsync(response, 400, "invalid_scope");
    }

    [Fact]
    public async Task Scopes_about_people_are_refused_even_to_a_client_that_may_ask_people_for_them()
    {
        using var response = await side.SendAsync(HttpMethod.Post, "/connect/token", Form(
            ("grant_type", "client_credentials"), ("scope", "profile"), ("client_assertion_type", AssertionType), ("client_assertion", side.Assertion())));
        await Flows.AssertErrorAsync(response, 400, "invalid_scope");
    }

    [Fact]
    public async Task Without_a_scope_the_client_gets_what_it_is_registered_for_and_nothing_about_people()
    {
        using var response = await AskAsync();
        Assert.Equal("things.read things.write", Text(await OkAsync(response), "scope"));
    }

    [Fact]
    public async Task A_client_without_the_grant_and_a_public_one_are_refused()
    {
        using var without = await Flows.TokenAsync(side.Server, "web", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "things.read"));
        await Flows.AssertErrorAsync(without, 400, "unauthorized_client");
        using var publicOne = await Flows.TokenAsync(side.Server, "spa", null, ("grant_type", "client_credentials"), ("scope", "things.read"));
        await Flows.AssertErrorAsync(publicOne, 400, "unauthorized_client");
    }

    [Theory]
    [InlineData("https://other.example/mcp")]
    [InlineData("https://api.example/v2")]
    [InlineData("https://api.example#part")]
    [InlineData("api.example")]
    public async Task A_resource_that_is_not_the_clients_is_refused(string resource)
    {
        using var response = await AskAsync(("scope", "things.read"), ("resource", resource));
        await Flows.AssertErrorAsync(response, 400, "invalid_target");
    }

    [Fact]
    public async Task The_token_shows_no_person_at_userinfo()
    {
        using var granted = await side.AssertAsync(side.Assertion());
        using var response = await side.UserInfoAsync(Text(await OkAsync(granted), "access_token"));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Each_token_has_an_id_of_its_own_that_is_its_event_in_the_trail()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await AskAsync();
            ids.Add(Text(Flows.Claims(Text(await OkAsync(response), "access_token")), "jti"));
        }

        Assert.Equal(5, ids.Count);
        Assert.Subset((await side.Server.TrailAsync(AuditEventTypes.TokenIssued)).Select(row => row.Id).ToHashSet(), ids);
    }

    [Fact]
    [Trait("negative", "36")]
    public async Task Parameters_of_other_grants_change_nothing()
    {
        var others = await side.TokensAsync();
        using var response = await AskAsync(
            ("scope", "things.read"), ("refresh_token", Text(others, "refresh_token")), ("code", "x"), ("code_verifier", Flows.Verifier), ("redirect_uri", Flows.WebRedirect),
            ("username", Flows.Email), ("password", Flows.Password), ("subject_token", Text(others, "access_token")), ("assertion", "x"), ("device_code", "x"), ("auth_req_id", "x"));

        var tokens = await OkAsync(response);
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
        Assert.Equal("machine", Text(Flows.Claims(Text(tokens, "access_token")), "sub"));
        Assert.True(await side.IsActiveAsync(Text(others, "refresh_token")));
    }

    [Theory]
    [Trait("negative", "36")]
    [InlineData("password")]
    [InlineData("implicit")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code")]
    [InlineData("urn:openid:params:grant-type:ciba")]
    [InlineData("CLIENT_CREDENTIALS")]
    [InlineData("client_credentials ")]
    public async Task A_grant_type_that_is_not_there_is_unsupported(string grantType)
    {
        using var response = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", grantType), ("username", Flows.Email), ("password", Flows.Password));
        await Flows.AssertErrorAsync(response, 400, "unsupported_grant_type");
    }

    private Task<HttpResponseMessage> AskAsync(params (string Name, string? Value)[] more) =>
        Flows.TokenAsync(side.Server, "machine", Flows.Secret, [("grant_type", "client_credentials"), .. more]);
}
