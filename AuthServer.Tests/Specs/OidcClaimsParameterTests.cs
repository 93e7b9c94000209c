using System.Text.Json;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Specs;

/// <summary>OIDC Core §5: claims by scope, and by name with the <c>claims</c> parameter.</summary>
public sealed class OidcClaimsParameterTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    public async Task Each_scope_shows_its_claims_at_userinfo_and_no_others()
    {
        using var browser = await CompletePersonAsync();
        foreach (var (scope, names) in new[]
        {
            ("openid", Array.Empty<string>()),
            ("openid profile", ["family_name", "given_name", "locale", "name", "picture", "preferred_username", "updated_at"]),
            ("openid email", ["email", "email_verified"]),
            ("openid address", ["address"]),
            ("openid phone", ["phone_number", "phone_number_verified"]),
        })
        {
            var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", scope));
            var info = await side.UserInfoAsync(await side.TokensAsync("implicit", answer["code"]));

            Assert.Equal(names.Append("sub").Order(StringComparer.Ordinal), info.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Claims_have_the_shapes_of_the_standard()
    {
        using var browser = await CompletePersonAsync();
        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", "openid profile email address phone"));

        var info = await side.UserInfoAsync(await side.TokensAsync("implicit", answer["code"]));

        Assert.Equal(await BrowserSide.SubjectAsync(browser), info.GetProperty("sub").GetString());
        Assert.Equal("London", info.GetProperty("address").GetProperty("locality").GetString());
        Assert.Equal("+44 20 7946 0000", info.GetProperty("phone_number").GetString());
        Assert.Equal(JsonValueKind.False, info.GetProperty("email_verified").ValueKind);
        Assert.Equal(JsonValueKind.Number, info.GetProperty("updated_at").ValueKind);
    }

    [Fact]
    public async Task Claims_asked_for_by_name_come_where_they_were_asked_for()
    {
        using var browser = await CompletePersonAsync();
        var claims = """{"userinfo":{"name":{"essential":true},"made_up":null},"id_token":{"email":null,"auth_time":{"essential":true},"http://other.example/claim":null}}""";

        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", "openid"), ("claims", claims));

        var tokens = await side.TokensAsync("implicit", answer["code"]);
        var info = await side.UserInfoAsync(tokens);
        Assert.Equal(["name", "sub"], info.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
        var idToken = Flows.Claims(tokens.GetProperty("id_token").GetString()!);
        Assert.EndsWith("@example.com", idToken.GetProperty("email").GetString(), StringComparison.Ordinal);
        Assert.False(idToken.TryGetProperty("name", out _));
        Assert.Equal(["openid"], BrowserSide.Scopes(tokens));
    }

    [Fact]
    [Trait("negative", "20")]
    [Trait("negative", "21")]
    public async Task Claims_asked_for_by_name_are_shown_and_a_person_can_refuse_them()
    {
        using var browser = await CompletePersonAsync();
        var claims = """{"userinfo":{"email":null,"phone_number":null}}""";

        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid"), ("claims", claims));
        Assert.Contains("See your e-mail address", browser.Text, StringComparison.Ordinal);
        Assert.Contains("See your phone number", browser.Text, StringComparison.Ordinal);
        using var steps = side.Steps(browser);
        using var allowed = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("decision", "allow"), ("scope", "email")));
        await browser.GoAsync(allowed.Headers.Location!.OriginalString);

        var info = await side.UserInfoAsync(await side.TokensAsync("web", BrowserSide.Answer(browser)["code"]));
        Assert.Equal(["email", "sub"], info.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("negative", "19")]
    public async Task A_remembered_answer_does_not_cover_claims_that_were_not_asked_for_then()
    {
        using var browser = await CompletePersonAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid profile"));
        await browser.SubmitAsync(button: "Allow");

        Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("scope", "openid"), ("claims", """{"id_token":{"name":null}}"""))).Keys);
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid"), ("claims", """{"id_token":{"phone_number":null}}"""));
        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(
            browser, "web", Flows.WebRedirect, ("scope", "openid"), ("prompt", "none"), ("claims", """{"userinfo":{"address":null}}""")))["error"]);
    }

    [Fact]
    [Trait("negative", "21")]
    public async Task A_client_gets_no_claim_by_name_that_it_may_not_have_by_scope()
    {
        using var browser = await CompletePersonAsync();
        var claims = """{"userinfo":{"email":{"essential":true}},"id_token":{"phone_number":null}}""";
        await BrowserSide.AskAsync(browser, "/consent", "narrow", Flows.WebRedirect, ("scope", "openid"), ("claims", claims), ("resource", null));
        Assert.DoesNotContain("e-mail address", browser.Page.QuerySelector(".scopes")!.TextContent, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Allow");

        var tokens = await side.TokensAsync("narrow", BrowserSide.Answer(browser)["code"]);

        Assert.False(Flows.Claims(tokens.GetProperty("id_token").GetString()!).TryGetProperty("phone_number", out _));
        Assert.False(Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetRawText().Contains("email", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("negative", "11")]
    public async Task An_essential_acr_that_cannot_be_reached_is_an_error_and_a_voluntary_one_is_not()
    {
        using var browser = await CompletePersonAsync();

        var unmet = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("claims", """{"id_token":{"acr":{"essential":true,"values":["urn:mace:incommon:iap:silver"]}}}"""));
        Assert.Equal("unmet_authentication_requirements", unmet["error"]);
        var met = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("claims", """{"id_token":{"acr":{"essential":true,"values":["urn:x","urn:authserver:acr:password"]}}}"""));
        Assert.Contains("code", met.Keys);
        var voluntary = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect,
            ("claims", """{"id_token":{"acr":{"values":["urn:mace:incommon:iap:silver"]}}}"""), ("acr_values", "urn:mace:incommon:iap:silver"));
        Assert.Contains("code", voluntary.Keys);
    }

    [Fact]
    public async Task Default_scopes_are_those_of_the_client_when_it_names_none()
    {
        using var browser = await CompletePersonAsync();

        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("scope", null));

        var tokens = await side.TokensAsync("implicit", answer["code"]);
        Assert.Equal(["address", "email", "phone", "profile", "things.read", "things.write"], BrowserSide.Scopes(tokens));
        Assert.False(tokens.TryGetProperty("id_token", out _));
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
    }

    /// <summary>Somebody about whom everything is known.</summary>
    private async Task<TestBrowser> CompletePersonAsync()
    {
        var browser = await side.NewcomerAsync();
        var subject = await BrowserSide.SubjectAsync(browser);
        await side.Server.QueryAsync(async context =>
        {
            var user = await context.Users.SingleAsync(row => row.Id == subject);
            (user.GivenName, user.FamilyName, user.Picture, user.Locale) = ("New", "Comer", "https://example.com/me.png", "en-GB");
            (user.PhoneNumber, user.Address) = ("+44 20 7946 0000", """{"locality":"London"}""");
            return await context.SaveChangesAsync();
        });
        return browser;
    }
}
