using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using AuthServer.Tests.Pages;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Consents;

/// <summary>Consents that agents file by <c>/api/v1/consent/initiate</c> and people answer on the consent page.</summary>
public sealed class FiledConsentTests(AgentSide side) : IClassFixture<AgentSide>
{
    [Fact]
    public async Task Whoever_approves_sends_the_agent_a_code_with_state_and_issuer_and_its_tokens_name_person_and_agent()
    {
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(userId, ("state", "s-1"));
        Assert.Equal("pending", Text(filed, "status"));
        Assert.StartsWith(side.Server.Issuer + "/", Text(filed, "consentUrl"), StringComparison.Ordinal);

        var answer = await AllowAsync(browser, filed);
        Assert.Equal((Redirect, "s-1", side.Server.Issuer), (browser.Left!.GetLeftPart(UriPartial.Path), answer["state"], answer["iss"]));

        var tokens = await side.ExchangeAsync(answer["code"]);
        Assert.Equal(["email:read", "email:send"], Texts(tokens, "grantedScopes").Order(StringComparer.Ordinal));
        Assert.True(tokens.TryGetProperty("refreshToken", out _), "A consent implies a refresh token.");
        var claims = Flows.Claims(Text(tokens, "accessToken"));
        Assert.Equal(userId, Text(claims, "sub"));
        Assert.Equal(side.ClientId, Text(claims, "client_id"));
        Assert.Equal(side.AgentId, Text(claims.GetProperty("act"), "sub"));
        Assert.Equal("ai_agent", Text(claims.GetProperty("act"), "sub_profile"));
        Assert.Equal(side.Organization.Id, Text(claims, "org_id"));
        Assert.Equal(900, tokens.GetProperty("expiresIn").GetInt64());
    }

    [Fact]
    public async Task The_page_shows_the_agent_who_answers_for_it_and_every_scope_with_its_risk_in_words()
    {
        var (browser, userId) = await side.PersonAsync();
        await browser.GoAsync(Text(await side.FileAsync(userId), "consentUrl"));

        Assert.Contains("SmartMail", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("AI email assistant", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Acme AI", browser.Text, StringComparison.Ordinal);
        Assert.Contains("It has done nothing for you yet.", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["Some risk", "High risk"], browser.Page.QuerySelectorAll(".scopes .risk").Select(risk => risk.TextContent.Trim()));
        Assert.Contains("yourapp.example", browser.Text, StringComparison.Ordinal);
        Assert.Contains("30 days", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_agent_did_before_is_told_the_next_time()
    {
        var (tokens, browser, userId) = await side.ConsentedAsync();
        await side.VerifyAsync(Text(tokens, "accessToken"), ["email:read"]);
        await side.VerifyAsync(Text(tokens, "accessToken"), ["email:manage"]);

        await browser.GoAsync(Text(await side.FileAsync(userId, ("requestedScopes", new JsonArray("email:manage"))), "consentUrl"));
        Assert.Contains("It acted for you twice and was refused once, last on", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_can_grant_a_part_of_what_is_asked()
    {
        var (browser, userId) = await side.PersonAsync();
        await browser.GoAsync(Text(await side.FileAsync(userId), "consentUrl"));
        await browser.SubmitAsync(new() { ["scope"] = "email:read" }, "Allow");

        var tokens = await side.ExchangeAsync(BrowserSide.Answer(browser)["code"]);
        Assert.Equal(["email:read"], Texts(tokens, "grantedScopes"));
        Assert.Equal("email:read", Text(Flows.Claims(Text(tokens, "accessToken")), "scope"));
    }

    [Fact]
    public async Task What_the_agent_requires_cannot_be_left_out_not_even_by_a_changed_form()
    {
        var (browser, userId) = await side.PersonAsync();
        await browser.GoAsync(Text(await side.FileAsync(userId, ("requiredScopes", new JsonArray("email:read"))), "consentUrl"));
        Assert.Equal(["email:send"], browser.Page.QuerySelectorAll(".scopes input").Select(input => input.GetAttribute("value")));
        await browser.SubmitAsync(new() { ["scope"] = null }, "Allow");

        Assert.Equal(["email:read"], Texts(await side.ExchangeAsync(BrowserSide.Answer(browser)["code"]), "grantedScopes"));
    }

    [Fact]
    public async Task Denying_tells_the_agent_and_nothing_is_granted()
    {
        var (browser, userId) = await side.PersonAsync();
        await browser.GoAsync(Text(await side.FileAsync(userId, ("state", "s-2")), "consentUrl"));
        await browser.SubmitAsync(button: "Deny");

        var answer = BrowserSide.Answer(browser);
        Assert.Equal(("access_denied", "s-2", side.Server.Issuer), (answer["error"], answer["state"], answer["iss"]));
        Assert.Equal(0, await side.Server.QueryAsync(context => Task.FromResult(context.Consents.Count(row => row.Subject == userId))));
    }

    [Fact]
    public async Task A_request_that_waited_too_long_is_gone()
    {
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(userId);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(61));

        await browser.GoAsync(Text(filed, "consentUrl"));
        BrowserSide.AssertDisplayed(browser);
        Assert.Contains("expired", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_for_one_person_is_answered_by_nobody_else()
    {
        var (_, userId) = await side.PersonAsync();
        var (other, _) = await side.PersonAsync();
        var filed = await side.FileAsync(userId);

        await other.GoAsync(Text(filed, "consentUrl"));
        BrowserSide.AssertAt(other, "/sign-in");

        // Nor does a page opened by hand show or take anything.
        await other.GoAsync($"/consent?request_id={Text(filed, "consentId")}");
        BrowserSide.AssertAt(other, "/sign-in");
    }

    [Fact]
    public async Task Something_critical_is_allowed_only_by_who_has_signed_in_just_now()
    {
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(userId, ("requestedScopes", new JsonArray("github:pr:merge")));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));

        await browser.GoAsync(Text(filed, "consentUrl"));
        BrowserSide.AssertAt(browser, "/sign-in");
        Assert.Contains("Show that it is you", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });
        BrowserSide.AssertAt(browser, "/consent");

        // A page that stands open until the sign-in is old leads back to it.
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(button: "Allow");
        BrowserSide.AssertAt(browser, "/sign-in");
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });
        await browser.SubmitAsync(button: "Allow");
        Assert.Contains("code", BrowserSide.Answer(browser));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_unticked_stays_so_when_its_person_has_to_sign_in_first(bool isOver)
    {
        var (browser, userId) = await side.PersonAsync();
        var email = await side.Server.QueryAsync(context => context.Users.Where(user => user.Id == userId).Select(user => user.Email!).SingleAsync());
        var filed = await side.FileAsync(userId, ("requestedScopes", new JsonArray("email:read", "email:send", "github:pr:merge")));
        await browser.GoAsync(Text(filed, "consentUrl"));
        Assert.Equal(["email:read", "email:send", "github:pr:merge"], Ticked(browser));
        ((IHtmlInputElement)browser.Page.QuerySelector("input[value='email:send']")!).IsChecked = false;
        if (isOver)
        {
            EveryFormTests.Expire(browser);
            await browser.SubmitAsync(button: "Allow");
            await browser.GoAsync(browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        }
        else
        {
            side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
            await browser.SubmitAsync(button: "Allow");
        }

        BrowserSide.AssertAt(browser, "/sign-in");
        await browser.SignInAsync(email, Flows.Password);
        BrowserSide.AssertAt(browser, "/consent");
        Assert.Equal(["email:read", "github:pr:merge"], Ticked(browser));
        await browser.SubmitAsync(button: "Allow");
        Assert.Equal(["email:read", "github:pr:merge"], Texts(await side.ExchangeAsync(BrowserSide.Answer(browser)["code"]), "grantedScopes").Order(StringComparer.Ordinal));

        // Another request is another choice.
        await browser.GoAsync(Text(await side.FileAsync(userId, ("requestedScopes", new JsonArray("email:read", "email:send", "github:pr:merge"))), "consentUrl"));
        Assert.Contains("email:send", Ticked(browser));
    }

    [Fact]
    public async Task A_request_of_an_agent_that_was_suspended_meanwhile_says_that_this_may_be_why()
    {
        var agent = await side.Organization.RegisterAsync();
        var (browser, userId) = await side.PersonAsync();
        await browser.GoAsync(Text(await side.FileAsync(userId, ("clientId", Text(agent, "clientId"))), "consentUrl"));
        BrowserSide.AssertAt(browser, "/consent");
        await side.Organization.PostAsync($"/api/v1/agents/{Text(agent, "id")}/suspend");
        await browser.SubmitAsync(button: "Allow");
        Assert.Contains("This request has expired", browser.Text, StringComparison.Ordinal);
        Assert.Contains("its agent suspended meanwhile", browser.Text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Ticked(TestBrowser browser) =>
        browser.Page.QuerySelectorAll("input[name=scope][checked]").Select(box => box.GetAttribute("value")!).Order(StringComparer.Ordinal);

    [Fact]
    public async Task A_wildcard_that_is_required_requires_the_scopes_that_it_stands_for()
    {
        var agent = await side.Organization.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("email:*"))));
        (string, JsonNode?) Client() => ("clientId", Text(agent, "clientId"));
        (string, JsonNode?) Asked() => ("requestedScopes", new JsonArray("email:*"));
        var (browser, userId) = await side.PersonAsync();

        var filed = await side.FileAsync(userId, Client(), Asked(), ("requiredScopes", new JsonArray("email:*")));
        Assert.All(filed.GetProperty("scopes").EnumerateArray(), scope => Assert.True(scope.GetProperty("required").GetBoolean()));
        Assert.Contains("code", await AllowAsync(browser, filed));

        // One of those that the wildcard stands for can be required, but none that nobody knows.
        var one = await side.FileAsync(null, Client(), Asked(), ("requiredScopes", new JsonArray("email:read")));
        Assert.Equal("email:read", Text(Assert.Single(one.GetProperty("scopes").EnumerateArray(), scope => scope.GetProperty("required").GetBoolean()), "name"));
        var problem = await side.AskAsync(
            "/api/v1/consent/initiate", side.Request(null, Client(), Asked(), ("requiredScopes", new JsonArray("email:burn"))), HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("requiredScopes", out _));
    }

    [Fact]
    public async Task A_remembered_consent_answers_what_is_filed_later()
    {
        var (_, browser, userId) = await side.ConsentedAsync();
        await browser.GoAsync(Text(await side.FileAsync(userId, ("requestedScopes", new JsonArray("email:read"))), "consentUrl"));
        Assert.Equal(["email:read"], Texts(await side.ExchangeAsync(BrowserSide.Answer(browser)["code"]), "grantedScopes"));
    }
}
