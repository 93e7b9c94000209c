using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 7636 and RFC 9700 §2.1.1, §4.8: proof key for code exchange.</summary>
[Trait("negative", "28")]
public sealed class Rfc7636PkceTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task A_missing_verifier_is_refused_when_a_challenge_was_sent_and_does_not_use_up_the_code()
    {
        var code = await side.CodeAsync();

        using var without = await side.RedeemAsync("web", code, ("code_verifier", null));

        await Flows.AssertErrorAsync(without, 400, "invalid_grant");
        using var with = await side.RedeemAsync("web", code);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Theory]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk-and-morf")]
    [InlineData("too-short")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk-and-more ")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk+and+more")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXké")]
    public async Task A_verifier_that_is_wrong_or_malformed_is_refused(string verifier)
    {
        using var response = await side.RedeemAsync("web", await side.CodeAsync(), ("code_verifier", verifier));
        await Flows.AssertErrorAsync(response, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_verifier_of_more_than_128_characters_is_refused_and_the_challenge_itself_is_none()
    {
        using var tooLong = await side.RedeemAsync("web", await side.CodeAsync(), ("code_verifier", new string('a', 129)));
        await Flows.AssertErrorAsync(tooLong, 400, "invalid_grant");

        // What a server that falls back to plain would accept.
        using var plain = await side.RedeemAsync("web", await side.CodeAsync(), ("code_verifier", Flows.Challenge));
        await Flows.AssertErrorAsync(plain, 400, "invalid_grant");
    }

    [Theory]
    [InlineData("web", null, null)]
    [InlineData("spa", null, null)]
    [InlineData("web", null, "S256")]
    [InlineData("web", "challenge", "plain")]
    [InlineData("web", "challenge", null)]
    [InlineData("web", "challenge", "s256")]
    [InlineData("web", "challenge", "S512")]
    [InlineData("web", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "S256")]
    [InlineData("web", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM", "S256")]
    [InlineData("web", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "S256")]
    [InlineData("old", "challenge", "plain")]
    [InlineData("old", "challenge", null)]
    [InlineData("old", null, "S256")]
    public async Task The_authorization_endpoint_refuses_a_challenge_that_protects_nothing(string clientId, string? challenge, string? method)
    {
        var url = Flows.AuthorizeUrl(
            clientId, TokenSide.Redirect(clientId), ("code_challenge", challenge == "challenge" ? Flows.Challenge : challenge), ("code_challenge_method", method));

        await side.Browser.GoAsync(url);

        Assert.Equal("invalid_request", Flows.Query(side.Browser.Left!)["error"]);
    }

    [Fact]
    public async Task A_confidential_client_freed_from_the_requirement_may_leave_the_challenge_out()
    {
        var code = await side.CodeAsync("old", ("code_challenge", null), ("code_challenge_method", null));

        using var response = await side.RedeemAsync("old", code, ("code_verifier", null));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_verifier_for_a_code_without_a_challenge_is_refused()
    {
        // RFC 9700 §4.8.2: the challenge was stripped on the way here; the client that did send one must not be told that all is well.
        var code = await side.CodeAsync("old", ("code_challenge", null), ("code_challenge_method", null));

        using var response = await side.RedeemAsync("old", code);

        await Flows.AssertErrorAsync(response, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_freed_client_that_does_send_a_challenge_is_held_to_it()
    {
        var code = await side.CodeAsync("old");

        using var without = await side.RedeemAsync("old", code, ("code_verifier", null));
        await Flows.AssertErrorAsync(without, 400, "invalid_grant");

        using var wrong = await side.RedeemAsync("old", code, ("code_verifier", new string('b', 50)));
        await Flows.AssertErrorAsync(wrong, 400, "invalid_grant");

        using var right = await side.RedeemAsync("old", code);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task A_verifier_of_another_code_is_refused()
    {
        const string own = "another-verifier-of-the-same-client-0123456789";
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(own)));
        var mine = await side.CodeAsync("web", ("code_challenge", challenge));

        using var crossed = await side.RedeemAsync("web", mine);
        await Flows.AssertErrorAsync(crossed, 400, "invalid_grant");

        using var right = await side.RedeemAsync("web", mine, ("code_verifier", own));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }
}
