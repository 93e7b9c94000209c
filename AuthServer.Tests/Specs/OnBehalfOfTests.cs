using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Specs;

/// <summary>draft-oauth-ai-agents-on-behalf-of-user: an application asks for an agent by <c>requested_actor</c>, and the tokens name both.</summary>
public sealed class OnBehalfOfTests(AgentSide side) : IClassFixture<AgentSide>
{
    [Fact]
    public async Task An_agent_that_signs_people_in_itself_acts_for_them_without_being_named()
    {
        var (browser, userId) = await side.PersonAsync();
        var claims = Flows.Claims(await OwnTokenAsync(browser, ("scope", "openid email:read")));
        Assert.Equal((userId, side.AgentId), (Text(claims, "sub"), Text(claims.GetProperty("act"), "sub")));
    }

    [Fact]
    public async Task Another_application_names_the_agent_and_the_agent_proves_itself_by_a_token_of_its_own()
    {
        var (browser, userId) = await side.PersonAsync();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", "openid"), ("requested_actor", side.AgentId)));
        BrowserSide.AssertAt(browser, "/consent");
        Assert.Contains("The web client asks for access for an agent", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("SmartMail", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Allow");
        var code = BrowserSide.Answer(browser)["code"];

        using var without = await Flows.RedeemAsync(side.Server, code);
        await Flows.AssertErrorAsync(without, 400, "invalid_grant");
        using var wrong = await Flows.RedeemAsync(side.Server, code, ("actor_token", await OtherAgentsTokenAsync()));
        await Flows.AssertErrorAsync(wrong, 400, "invalid_grant");

        using var redeemed = await Flows.RedeemAsync(side.Server, code, ("actor_token", await ActorTokenAsync(side.ClientId, side.ClientSecret)));
        var tokens = await ReadAsync(redeemed, HttpStatusCode.OK);
        var claims = Flows.Claims(Text(tokens, "access_token"));
        Assert.Equal((userId, "web", side.AgentId), (Text(claims, "sub"), Text(claims, "client_id"), Text(claims.GetProperty("act"), "sub")));
    }

    [Fact]
    public async Task A_persons_token_is_no_proof_of_being_the_agent()
    {
        var (browser, _) = await side.PersonAsync();
        var acting = await OwnTokenAsync(browser, ("scope", "openid email:read"));
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", "openid"), ("requested_actor", side.AgentId)));
        await browser.SubmitAsync(button: "Allow");
        using var refused = await Flows.RedeemAsync(side.Server, BrowserSide.Answer(browser)["code"], ("actor_token", acting));
        await Flows.AssertErrorAsync(refused, 400, "invalid_grant");
    }

    [Fact]
    public async Task An_actor_token_where_no_actor_was_asked_for_is_refused()
    {
        var (browser, _) = await side.PersonAsync();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", "openid")));
        await browser.SubmitAsync(button: "Allow");
        using var refused = await Flows.RedeemAsync(
            side.Server, BrowserSide.Answer(browser)["code"], ("actor_token", await ActorTokenAsync(side.ClientId, side.ClientSecret)));
        await Flows.AssertErrorAsync(refused, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_consent_for_the_application_alone_is_none_for_an_agent_of_it()
    {
        var (browser, _) = await side.PersonAsync();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", "openid")));
        await browser.SubmitAsync(button: "Allow");
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", "openid"), ("requested_actor", side.AgentId)));
        BrowserSide.AssertAt(browser, "/consent");
    }

    [Theory]
    [InlineData("agt_01hzzzzzzzzzzzzzzzzzzzzzzz", "openid", "invalid_request")]
    [InlineData("web", "openid", "invalid_request")]
    [InlineData(null, "things.read", "invalid_scope")]
    public async Task An_unknown_actor_and_rights_that_the_actor_may_not_have_are_refused(string? actor, string scope, string error)
    {
        using var browser = new TestBrowser(side.Server);
        var answer = await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("scope", scope), ("requested_actor", actor ?? side.AgentId));
        Assert.Equal(error, answer["error"]);
    }

    [Fact]
    public async Task Suspending_the_agent_ends_what_it_has_through_another_application()
    {
        var agent = await side.Organization.RegisterAsync();
        var (browser, _) = await side.PersonAsync();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", "openid offline_access"), ("requested_actor", Text(agent, "id"))));
        await browser.SubmitAsync(button: "Allow");
        using var redeemed = await Flows.RedeemAsync(
            side.Server, BrowserSide.Answer(browser)["code"], ("actor_token", await ActorTokenAsync(Text(agent, "clientId"), Text(agent, "clientSecret"))));
        var tokens = await ReadAsync(redeemed, HttpStatusCode.OK);

        await side.Organization.PostAsync($"/api/v1/agents/{Text(agent, "id")}/suspend");

        Assert.False((await side.VerifyAsync(Text(tokens, "access_token"), [])).GetProperty("allowed").GetBoolean());
        using var refreshed = await Flows.RefreshAsync(side.Server, Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_actors_or_the_clients_organization_calls_critical_needs_a_fresh_sign_in(bool acting)
    {
        var (critical, other) = (await OrganizationSide.CreateAsync(side.Server), await OrganizationSide.CreateAsync(side.Server));
        foreach (var (organization, title, riskLevel) in new[] { (critical, "Crush cars", "critical"), (other, "Look at cars", "low") })
        {
            await organization.AskAsync(HttpMethod.Post, "/api/v1/scopes", new { name = "robots:crush", title, description = "So they say.", riskLevel }, HttpStatusCode.Created);
        }

        var registration = OrganizationSide.Agent(("allowedScopes", new JsonArray("robots:crush")));
        var (one, two) = (await critical.RegisterAsync(registration), await other.RegisterAsync(registration));
        var (actor, client) = acting ? (one, two) : (two, one);
        var (browser, _) = await side.PersonAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));

        await BrowserSide.AskAsync(
            browser, "/sign-in", Text(client, "clientId"), Redirect, ("scope", "robots:crush"), ("requested_actor", Text(actor, "id")));
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });
        BrowserSide.AssertAt(browser, "/consent");
        Assert.Equal(["Critical"], browser.Page.QuerySelectorAll(".scopes .risk").Select(risk => risk.TextContent.Trim()));
        Assert.Contains(acting ? "Crush cars" : "Look at cars", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_critical_that_was_allowed_before_needs_a_fresh_sign_in_too()
    {
        var (browser, _) = await side.PersonAsync();
        (string, string?) merge = ("scope", "github:pr:merge");
        await BrowserSide.AskAsync(browser, "/consent", side.ClientId, Redirect, merge);
        await browser.SubmitAsync(button: "Allow");
        Assert.Contains("code", await BrowserSide.AnswerAsync(browser, side.ClientId, Redirect, merge));

        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(browser, side.ClientId, Redirect, merge, ("prompt", "none")))["error"]);
        await BrowserSide.AskAsync(browser, "/sign-in", side.ClientId, Redirect, merge);
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });
        Assert.Contains("code", BrowserSide.Answer(browser));
    }

    private async Task<string> OwnTokenAsync(TestBrowser browser, params (string Name, string? Value)[] replaced)
    {
        await browser.GoAsync(Flows.AuthorizeUrl(side.ClientId, Redirect, replaced));
        if (browser.Left is null)
        {
            await browser.SubmitAsync(button: "Allow");
        }

        using var response = await Flows.TokenAsync(side.Server, side.ClientId, side.ClientSecret,
            ("grant_type", "authorization_code"), ("code", BrowserSide.Answer(browser)["code"]), ("redirect_uri", Redirect), ("code_verifier", Flows.Verifier));
        return Text(await ReadAsync(response, HttpStatusCode.OK), "access_token");
    }

    private async Task<string> ActorTokenAsync(string clientId, string secret)
    {
        using var response = await Flows.TokenAsync(side.Server, clientId, secret, ("grant_type", "client_credentials"), ("scope", "email:read"));
        return Text(await ReadAsync(response, HttpStatusCode.OK), "access_token");
    }

    private async Task<string> OtherAgentsTokenAsync()
    {
        var other = await side.Organization.RegisterAsync();
        return await ActorTokenAsync(Text(other, "clientId"), Text(other, "clientSecret"));
    }
}
