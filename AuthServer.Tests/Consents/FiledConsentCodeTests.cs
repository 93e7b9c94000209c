using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Consents;

/// <summary>What the code of a filed consent is worth, to whom, and how long; and the tokens that it gave.</summary>
public sealed class FiledConsentCodeTests(AgentSide side) : IClassFixture<AgentSide>
{
    [Fact]
    public async Task Its_code_is_worth_nothing_at_the_token_endpoint_and_stays_good_for_the_exchange()
    {
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];

        using var refused = await Flows.TokenAsync(
            side.Server, side.ClientId, side.ClientSecret, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect));
        await Flows.AssertErrorAsync(refused, 400, "invalid_grant");
        await side.ExchangeAsync(code);
    }

    [Fact]
    public async Task A_code_of_the_authorization_endpoint_is_worth_nothing_at_the_exchange()
    {
        var (browser, _) = await side.PersonAsync();
        await browser.GoAsync(Flows.AuthorizeUrl(side.ClientId, Redirect, ("scope", "email:read")));
        await browser.SubmitAsync(button: "Allow");
        var code = BrowserSide.Answer(browser)["code"];

        Assert.Equal("invalid_grant", Text(await side.ExchangeAsync(code, HttpStatusCode.BadRequest), "code"));
        using var redeemed = await Flows.TokenAsync(side.Server, side.ClientId, side.ClientSecret,
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", Flows.Verifier));
        Assert.Equal(HttpStatusCode.OK, redeemed.StatusCode);
    }

    [Fact]
    public async Task A_code_needs_the_agents_secret_and_is_good_once()
    {
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];

        Assert.Equal("invalid_client", Text(await side.ExchangeAsync(code, HttpStatusCode.Unauthorized, ("clientSecret", "ags_wrong")), "code"));
        var tokens = await side.ExchangeAsync(code);
        await side.ExchangeAsync(code, HttpStatusCode.BadRequest);

        // The second use ended what the first one gave.
        Assert.False((await side.VerifyAsync(Text(tokens, "accessToken"), [])).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task A_code_challenge_once_given_is_enforced()
    {
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId, ("codeChallenge", Flows.Challenge))))["code"];

        await side.ExchangeAsync(code, HttpStatusCode.BadRequest);
        await side.ExchangeAsync(code, HttpStatusCode.BadRequest, ("codeVerifier", Flows.Verifier + "x"));
        await side.ExchangeAsync(code, HttpStatusCode.OK, ("codeVerifier", Flows.Verifier));
    }

    [Fact]
    public async Task A_consent_that_is_taken_back_before_its_code_is_exchanged_gives_nothing()
    {
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];
        await browser.GoAsync("/dashboard");
        await browser.SubmitAsync(button: "Stop it");
        Assert.Equal("invalid_grant", Text(await side.ExchangeAsync(code, HttpStatusCode.BadRequest), "code"));
    }

    [Fact]
    public async Task What_a_suspended_agent_filed_is_gone_and_its_codes_stay_dead_after_it_is_resumed()
    {
        var agent = await side.Organization.RegisterAsync();
        var (client, secret) = (("clientId", (JsonNode?)Text(agent, "clientId")), ("clientSecret", (JsonNode?)Text(agent, "clientSecret")));
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId, client)))["code"];
        var open = await side.FileAsync(userId, ("clientId", Text(agent, "clientId")));

        await side.Organization.PostAsync($"/api/v1/agents/{Text(agent, "id")}/suspend");
        using var http = side.Server.CreateClient();
        await ReadAsync(await http.GetAsync($"/api/v1/consent/{Text(open, "consentId")}"), HttpStatusCode.NotFound);
        await browser.GoAsync(Text(open, "consentUrl"));
        BrowserSide.AssertDisplayed(browser);

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Organization.PostAsync($"/api/v1/agents/{Text(agent, "id")}/resume");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("invalid_grant", Text(await side.ExchangeAsync(code, HttpStatusCode.BadRequest, ("clientId", Text(agent, "clientId")), secret), "code"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_agents_code_or_refresh_token_is_worth_nothing_to_an_agent_and_stays_good(bool sameOrganization)
    {
        var organization = sameOrganization ? side.Organization : await OrganizationSide.CreateAsync(side.Server);
        var other = await organization.RegisterAsync();
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];

        var refused = await side.ExchangeAsync(
            code, HttpStatusCode.BadRequest, ("clientId", Text(other, "clientId")), ("clientSecret", Text(other, "clientSecret")));
        Assert.Equal("invalid_grant", Text(refused, "code"));
        var tokens = await side.ExchangeAsync(code);

        refused = await side.RefreshAsync(
            Text(tokens, "refreshToken"), HttpStatusCode.BadRequest, ("clientId", Text(other, "clientId")), ("clientSecret", Text(other, "clientSecret")));
        Assert.Equal("invalid_grant", Text(refused, "code"));
        await side.RefreshAsync(Text(tokens, "refreshToken"));
    }

    [Fact]
    public async Task A_refresh_may_ask_for_fewer_scopes_and_never_for_more()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        var narrow = await side.RefreshAsync(Text(tokens, "refreshToken"), HttpStatusCode.OK, ("scopes", new JsonArray("email:read")));
        Assert.Equal(["email:read"], Texts(narrow, "grantedScopes"));
        Assert.Equal("email:read", Text(Flows.Claims(Text(narrow, "accessToken")), "scope"));

        var refused = await side.RefreshAsync(Text(narrow, "refreshToken"), HttpStatusCode.BadRequest, ("scopes", new JsonArray("email:manage")));
        Assert.Equal("invalid_scope", Text(refused, "code"));
        Assert.Equal(["email:read", "email:send"], Texts(await side.RefreshAsync(Text(narrow, "refreshToken")), "grantedScopes").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_agent_with_keys_proves_itself_by_assertions_when_it_files_exchanges_and_refreshes()
    {
        var agent = await side.Organization.RegisterAsync(OrganizationSide.Agent(("jwks", JsonNode.Parse(TokenSide.Jwks([TokenSide.Key])))));
        var clientId = Text(agent, "clientId");
        (string, JsonNode?)[] Proof(string? type = TokenSide.AssertionType) =>
        [
            ("clientId", clientId), ("clientSecret", null), ("clientAssertionType", type),
            ("clientAssertion", TokenSide.Assertion(side.Server, claims => (claims["iss"], claims["sub"]) = (clientId, clientId))),
        ];
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId, Proof())))["code"];

        var problem = await side.ExchangeAsync(code, HttpStatusCode.BadRequest, Proof(null));
        Assert.True(problem.GetProperty("errors").TryGetProperty("clientAssertionType", out _));
        problem = await side.ExchangeAsync(code, HttpStatusCode.BadRequest, ("clientId", clientId), ("clientSecret", null));
        Assert.True(problem.GetProperty("errors").TryGetProperty("clientSecret", out _));
        Assert.Equal("invalid_client", Text(await side.ExchangeAsync(code, HttpStatusCode.Unauthorized, [.. Proof(), ("clientId", side.ClientId)]), "code"));

        var proof = Proof();
        var tokens = await side.ExchangeAsync(code, HttpStatusCode.OK, proof);
        Assert.Equal(Text(agent, "id"), Text(tokens, "agentId"));

        // An assertion is good once.
        Assert.Equal("invalid_client", Text(await side.RefreshAsync(Text(tokens, "refreshToken"), HttpStatusCode.Unauthorized, proof), "code"));
        await side.RefreshAsync(Text(tokens, "refreshToken"), HttpStatusCode.OK, Proof());
    }
}
