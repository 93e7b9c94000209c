using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 8707 §2.1: the <c>resource</c> parameter at the authorization endpoint.</summary>
public sealed class Rfc8707AuthorizeTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    public async Task The_token_is_for_the_resource_that_was_asked_for()
    {
        using var browser = await side.SignedInAsync();
        foreach (var resource in new[] { Flows.Api, Flows.Other })
        {
            var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", "things.read"), ("resource", resource));

            var tokens = await side.TokensAsync("implicit", answer["code"]);
            Assert.Equal(resource, Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("aud").GetString());
        }
    }

    [Fact]
    public async Task An_empty_path_and_a_slash_are_one_resource()
    {
        using var browser = await side.SignedInAsync();

        // RFC 3986 §6.2.3; the token names the registered spelling.
        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", "things.read"), ("resource", Flows.Api + "/"));

        var tokens = await side.TokensAsync("implicit", answer["code"]);
        Assert.Equal(Flows.Api, Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("aud").GetString());
    }

    [Fact]
    public async Task Several_resources_may_be_asked_for_at_once()
    {
        using var browser = await side.SignedInAsync();

        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", "things.read"), ("resource", Flows.Api), ("resource", Flows.Other), ("resource", Flows.Api));

        var tokens = await side.TokensAsync("implicit", answer["code"]);
        Assert.Equal([Flows.Api, Flows.Other], Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("aud").EnumerateArray().Select(value => value.GetString()!));
    }

    [Fact]
    public async Task A_client_with_one_resource_gets_it_unasked()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "narrow", Flows.WebRedirect, ("scope", "things.read"));
        await browser.SubmitAsync(button: "Allow");

        var tokens = await side.TokensAsync("narrow", BrowserSide.Answer(browser)["code"]);

        Assert.Equal(Flows.Api, Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("aud").GetString());
    }

    [Theory]
    [InlineData("narrow", Flows.Other)]
    [InlineData("implicit", "https://api.example/deeper")]
    [InlineData("implicit", "https://api.example?x=1")]
    [InlineData("implicit", "https://api.example.evil.example")]
    [InlineData("implicit", "http://api.example")]
    [InlineData("implicit", "api.example")]
    [InlineData("implicit", "urn:api")]
    public async Task A_resource_that_is_not_for_this_client_is_an_invalid_target(string client, string resource)
    {
        using var browser = await side.SignedInAsync();

        await browser.GoAsync(Flows.AuthorizeUrl(client, Flows.WebRedirect, ("scope", "things.read"), ("resource", resource)));

        var answer = BrowserSide.Answer(browser);
        Assert.Equal("invalid_target", answer["error"]);
        Assert.Equal("s-123", answer["state"]);
        Assert.Equal(side.Server.Issuer, answer["iss"]);
    }

    [Fact]
    public async Task One_bad_resource_among_good_ones_spoils_the_request()
    {
        using var browser = await side.SignedInAsync();

        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", "things.read"), ("resource", Flows.Api), ("resource", "https://unknown.example"));

        Assert.Equal("invalid_target", answer["error"]);
    }

    [Fact]
    public async Task A_scope_that_the_resource_does_not_know_is_an_invalid_scope()
    {
        using var browser = await side.SignedInAsync();

        Assert.Equal("invalid_scope", (await BrowserSide.AnswerAsync(browser, "narrow", Flows.WebRedirect, ("scope", "things.write"), ("resource", Flows.Api)))["error"]);
        Assert.Equal("invalid_scope", (await BrowserSide.AnswerAsync(browser, "narrow", Flows.WebRedirect, ("scope", "offline_access"), ("resource", Flows.Api)))["error"]);
    }
}
