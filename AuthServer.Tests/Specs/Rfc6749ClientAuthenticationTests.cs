using System.Net;
using System.Text;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §2.3: how clients prove who they are, and everything that is no proof.</summary>
[Trait("negative", "29")]
public sealed class Rfc6749ClientAuthenticationTests(TokenSide side) : IClassFixture<TokenSide>
{
    private static readonly (string Name, string Value)[] Ask = [("grant_type", "client_credentials"), ("scope", "things.read")];

    public static TheoryData<string> Endpoints => ["/connect/token", "/connect/introspect", "/connect/revoke"];

    [Fact]
    public async Task Each_method_works_for_a_client_that_may_use_it()
    {
        using var basic = await PostAsync("/connect/token", [], Basic("basic", Flows.Secret));
        Assert.Equal(HttpStatusCode.OK, basic.StatusCode);
        using var post = await PostAsync("/connect/token", [("client_id", "poster"), ("client_secret", Flows.Secret)]);
        Assert.Equal(HttpStatusCode.OK, post.StatusCode);
        using var key = await side.AssertAsync(side.Assertion());
        Assert.Equal(HttpStatusCode.OK, key.StatusCode);
        using var none = await side.RedeemAsync("spa", await side.CodeAsync("spa"));
        Assert.Equal(HttpStatusCode.OK, none.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Two_methods_at_once_are_refused(string endpoint)
    {
        (string, string)[] inBody = [("client_id", "machine"), ("client_secret", Flows.Secret)];
        using var basicAndPost = await PostAsync(endpoint, inBody, Basic("machine", Flows.Secret));
        await Flows.AssertErrorAsync(basicAndPost, 400, "invalid_request");

        (string, string)[] assertion = [("client_assertion_type", AssertionType), ("client_assertion", side.Assertion())];
        using var basicAndAssertion = await PostAsync(endpoint, assertion, Basic("machine", Flows.Secret));
        await Flows.AssertErrorAsync(basicAndAssertion, 400, "invalid_request");

        using var postAndAssertion = await PostAsync(endpoint, [.. inBody, .. assertion]);
        await Flows.AssertErrorAsync(postAndAssertion, 400, "invalid_request");

        // A second method cannot hide behind a parameter that is dropped because it stands twice.
        using var hidden = await PostAsync(endpoint, [("x", "1"), ("x", "2"), ("client_secret", "a"), ("client_secret", "b")], Basic("machine", Flows.Secret));
        await Flows.AssertErrorAsync(hidden, 400, "invalid_request");
    }

    [Theory]
    [InlineData("poster", "client_secret_basic")]
    [InlineData("basic", "client_secret_post")]
    [InlineData("machine", "none")]
    [InlineData("signer", "none")]
    [InlineData("colleague", "client_secret_post")]
    [InlineData("spa", "client_secret_basic")]
    [InlineData("spa", "client_secret_post")]
    [InlineData("machine", "private_key_jwt")]
    public async Task A_method_that_is_not_the_clients_is_refused(string clientId, string method)
    {
        using var response = method switch
        {
            "client_secret_basic" => await PostAsync("/connect/token", [], Basic(clientId, Flows.Secret)),
            "client_secret_post" => await PostAsync("/connect/token", [("client_id", clientId), ("client_secret", Flows.Secret)]),
            "none" => await PostAsync("/connect/token", [("client_id", clientId)]),
            _ => await side.AssertAsync(side.Assertion(claims => (claims["iss"], claims["sub"]) = (clientId, clientId))),
        };

        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Credentials_in_the_query_are_refused_even_beside_good_ones(string endpoint)
    {
        using var alone = await PostAsync($"{endpoint}?client_id=machine&client_secret={Flows.Secret}", []);
        await Flows.AssertErrorAsync(alone, 400, "invalid_request");

        using var beside = await PostAsync($"{endpoint}?client_secret={Flows.Secret}", [], Basic("machine", Flows.Secret));
        await Flows.AssertErrorAsync(beside, 400, "invalid_request");
    }

    [Theory]
    [InlineData("Basic ")]
    [InlineData("Basic !!!!")]
    [InlineData("Basic bWFjaGluZTp")]
    [InlineData("Basic bWFjaGluZQ==")] // machine, without a colon
    [InlineData("Basic OnNlY3JldA==")] // :secret
    [InlineData("Basic bWFjaGluZTo=")] // machine:
    [InlineData("Basic bWFjaGluZTolZw==")] // machine:%g
    [InlineData("Basic JTptYWNoaW5l")] // %:machine
    [InlineData("Basic bWFjaGluZTolMDA=")] // machine:%00
    [InlineData("Basic bWFjaGluZTr/")] // machine:\xff
    [InlineData("Basic bWFjaGluZTolRkY=")] // machine:%FF
    [InlineData("Bearer bWFjaGluZTpzZWNyZXQ=")]
    [InlineData("Digest username=\"machine\"")]
    [InlineData("Basic")]
    [InlineData("Negotiate")]
    public async Task A_malformed_authorization_header_is_no_authentication(string authorization)
    {
        using var response = await PostAsync("/connect/token", [], authorization);

        await Flows.AssertErrorAsync(response, 401, "invalid_client");
        Assert.StartsWith("Basic ", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scheme_ignores_case_and_both_halves_are_form_encoded()
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"mach%69ne:{Flows.Secret.Replace("-", "%2D", StringComparison.Ordinal)}"));

        using var response = await PostAsync("/connect/token", [], "bAsIc " + encoded);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_empty_secret_is_no_secret()
    {
        using var post = await PostAsync("/connect/token", [("client_id", "machine"), ("client_secret", "")]);
        await Flows.AssertErrorAsync(post, 401, "invalid_client");
        using var basic = await PostAsync("/connect/token", [], Basic("machine", ""));
        await Flows.AssertErrorAsync(basic, 401, "invalid_client");

        // signer has no secret; an empty or any other one is not "the same as none".
        using var keyClient = await PostAsync("/connect/token", [("client_id", "signer"), ("client_secret", "")]);
        await Flows.AssertErrorAsync(keyClient, 401, "invalid_client");
        using var anySecret = await PostAsync("/connect/token", [("client_id", "signer"), ("client_secret", "anything")]);
        await Flows.AssertErrorAsync(anySecret, 401, "invalid_client");
    }

    [Fact]
    public async Task An_unknown_client_and_a_wrong_secret_are_answered_alike()
    {
        using var wrong = await PostAsync("/connect/token", [], Basic("machine", Flows.Secret + "x"));
        using var unknown = await PostAsync("/connect/token", [], Basic("nobody", Flows.Secret));
        using var publicOne = await PostAsync("/connect/token", [], Basic("spa", Flows.Secret));
        using var unknownPublic = await PostAsync("/connect/token", [("client_id", "nobody")]);
        using var unknownKey = await side.AssertAsync(side.Assertion(claims => (claims["iss"], claims["sub"]) = ("nobody", "nobody")));

        var expected = await DescribeAsync(wrong);
        foreach (var response in new[] { unknown, publicOne, unknownPublic, unknownKey })
        {
            Assert.Equal(expected, await DescribeAsync(response));
        }
    }

    [Theory]
    [InlineData("the-secret-of-the-web-client-012345678")]
    [InlineData("the-secret-of-the-web-client-0123456789 ")]
    [InlineData("THE-SECRET-OF-THE-WEB-CLIENT-0123456789")]
    [InlineData("t")]
    public async Task A_secret_must_be_right_to_the_last_character_also_after_the_right_one_was_remembered(string secret)
    {
        using var right = await PostAsync("/connect/token", [], Basic("machine", Flows.Secret));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);

        using var wrong = await PostAsync("/connect/token", [], Basic("machine", secret));

        await Flows.AssertErrorAsync(wrong, 401, "invalid_client");
    }

    [Fact]
    public async Task The_secret_of_one_client_does_not_work_for_another()
    {
        using var response = await PostAsync("/connect/token", [], Basic("other", Flows.Secret));
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Fact]
    public async Task A_body_that_names_another_client_than_the_header_is_refused()
    {
        using var response = await PostAsync("/connect/token", [("client_id", "basic")], Basic("machine", Flows.Secret));
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused()
    {
        const string body = "grant_type=client_credentials";
        var basic = Basic("machine", Flows.Secret);

        var status = await RawAsync(
            side.Server,
            $"POST /connect/token HTTP/1.1\r\nHost: {side.Server.Address.Authority}\r\nConnection: close\r\nAuthorization: {basic}\r\nAuthorization: {basic}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.Equal("HTTP/1.1 400 Bad Request", status);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task No_client_at_all_is_refused(string endpoint)
    {
        using var response = await PostAsync(endpoint, [("token", "x")]);
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Theory]
    [InlineData("machine' OR '1'='1")]
    [InlineData("MACHINE")]
    [InlineData("machine ")]
    [InlineData("../machine")]
    public async Task A_client_id_is_compared_exactly(string clientId)
    {
        using var response = await PostAsync("/connect/token", [("client_id", clientId), ("client_secret", Flows.Secret)]);
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    [Fact]
    public async Task An_endless_client_id_or_secret_is_refused()
    {
        using var id = await PostAsync("/connect/token", [("client_id", new string('x', 20_000)), ("client_secret", Flows.Secret)]);
        await Flows.AssertErrorAsync(id, 401, "invalid_client");
        using var secret = await PostAsync("/connect/token", [("client_id", "machine"), ("client_secret", new string('x', 40_000))]);
        await Flows.AssertErrorAsync(secret, 401, "invalid_client");
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        return $"{response.StatusCode} {string.Join('\n', headers)} {await response.Content.ReadAsStringAsync()}";
    }

    private Task<HttpResponseMessage> PostAsync(string path, (string, string)[] fields, string? authorization = null) => side.SendAsync(
        HttpMethod.Post, path, Form([.. Ask, .. fields]), authorization is null ? [] : [("Authorization", authorization)]);
}
