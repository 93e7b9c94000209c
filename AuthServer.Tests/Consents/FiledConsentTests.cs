using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
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
    [InlineData("clientId", "\"agc_unknown\"", "clientId")]
    [InlineData("clientId", "\"web\"", "redirectUri")]
    [InlineData("clientId", null, "clientId")]
    [InlineData("redirectUri", "\"https://elsewhere.example/callback\"", "redirectUri")]
    [InlineData("redirectUri", null, "redirectUri")]
    [InlineData("requestedScopes", "[]", "requestedScopes")]
    [InlineData("requestedScopes", "[\"payments:charge\"]", "requestedScopes")]
    [InlineData("requestedScopes", "[\"email:read email:send\"]", "requestedScopes")]
    [InlineData("requestedScopes", "\"email:read\"", "requestedScopes")]
    [InlineData("requiredScopes", "[\"email:manage\"]", "requiredScopes")]
    [InlineData("requiredScopes", "[\"email:*\"]", "requiredScopes")]
    [InlineData("requiredScopes", "[null]", "requiredScopes")]
    [InlineData("resources", "[\"https://nowhere.example\"]", "resources")]
    [InlineData("userId", "\"somebody\"", "userId")]
    [InlineData("codeChallenge", "\"short\"", "codeChallenge")]
    [InlineData("colour", "\"red\"", "colour")]
    public async Task A_request_that_cannot_be_taken_names_the_field(string member, string? value, string field)
    {
        var node = value is null ? null : JsonNode.Parse(value);
        var problem = await side.AskAsync("/api/v1/consent/initiate", side.Request(null, (member, node)), HttpStatusCode.BadRequest);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task More_resources_than_a_request_can_hold_are_refused_by_name()
    {
        static JsonArray Resources(int count) => [.. Enumerable.Range(0, count).Select(i => JsonValue.Create($"https://nowhere.example/{i}"))];
        var problem = await side.AskAsync("/api/v1/consent/initiate", side.Request(null, ("resources", Resources(21))), HttpStatusCode.BadRequest);
        Assert.Contains("at most 20", Assert.Single(Texts(problem.GetProperty("errors"), "resources")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_that_is_named_many_times_counts_once_and_its_link_works()
    {
        var clientId = Text(await side.Organization.RegisterAsync(), "clientId");
        await side.Server.QueryAsync(async context =>
        {
            var row = context.Applications.Single(application => application.ClientId == clientId);
            row.Permissions = row.Permissions!.Replace("[", $"[\"rsrc:{Flows.Other}\",", StringComparison.Ordinal);
            return await context.SaveChangesAsync();
        });
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(
            userId, ("clientId", clientId), ("resources", new JsonArray([.. Enumerable.Repeat(Flows.Other, 99).Select(uri => JsonValue.Create(uri))])));
        Assert.Contains("code", await AllowAsync(browser, filed));
    }

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
    public async Task Whoever_files_with_a_secret_must_have_the_right_one()
    {
        var problem = await side.AskAsync("/api/v1/consent/initiate", side.Request(null, ("clientSecret", "ags_wrong")), HttpStatusCode.Unauthorized);
        Assert.Equal("invalid_client", Text(problem, "code"));
    }

    [Fact]
    public async Task A_remembered_consent_answers_what_is_filed_later()
    {
        var (_, browser, userId) = await side.ConsentedAsync();
        await browser.GoAsync(Text(await side.FileAsync(userId, ("requestedScopes", new JsonArray("email:read"))), "consentUrl"));
        Assert.Equal(["email:read"], Texts(await side.ExchangeAsync(BrowserSide.Answer(browser)["code"]), "grantedScopes"));
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

    [Fact]
    public async Task What_is_filed_takes_nothing_from_the_people_at_the_same_address()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:OpenRequests", "3"));
        var agent = await (await OrganizationSide.CreateAsync(server)).RegisterAsync();
        using var http = server.CreateClient();
        for (var i = 0; i < 5; i++)
        {
            var body = new JsonObject { ["clientId"] = Text(agent, "clientId"), ["requestedScopes"] = new JsonArray("email:read"), ["redirectUri"] = Redirect };
            await ReadAsync(await http.PostAsync("/api/v1/consent/initiate", new StringContent(body.ToJsonString(), null, "application/json")), HttpStatusCode.Created);
        }

        using var browser = new TestBrowser(server);
        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect);
    }

    [Fact]
    public async Task Whoever_knows_its_id_can_read_what_is_asked_in_either_spelling()
    {
        var filed = await side.AskAsync(
            "/api/v1/consent/initiate",
            new JsonObject { ["client_id"] = side.ClientId, ["requested_scopes"] = new JsonArray("email:send"), ["redirect_uri"] = Redirect },
            HttpStatusCode.Created);
        using var http = side.Server.CreateClient();
        var read = await ReadAsync(await http.GetAsync($"/api/v1/consent/{Text(filed, "consentId")}"), HttpStatusCode.OK);
        Assert.Equal(side.AgentId, Text(read.GetProperty("agent"), "id"));
        Assert.Equal("high", Text(Assert.Single(read.GetProperty("scopes").EnumerateArray()), "riskLevel"));
        await ReadAsync(await http.GetAsync("/api/v1/consent/con_unknown"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Strangers_can_file_only_so_many_and_who_proves_to_be_the_agent_is_not_held_up()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "3"));
        var organization = await OrganizationSide.CreateAsync(server);
        var agent = await organization.RegisterAsync();
        JsonObject Request(string? secret)
        {
            var body = new JsonObject { ["clientId"] = Text(agent, "clientId"), ["requestedScopes"] = new JsonArray("email:read"), ["redirectUri"] = Redirect };
            if (secret is not null)
            {
                body["clientSecret"] = secret;
            }

            return body;
        }

        using var http = server.CreateClient();
        async Task<HttpResponseMessage> FileAsync(string? secret = null) =>
            await http.PostAsync("/api/v1/consent/initiate", new StringContent(Request(secret).ToJsonString(), null, "application/json"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await FileAsync()).StatusCode);
        }

        using var refused = await FileAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.Created, (await FileAsync(Text(agent, "clientSecret"))).StatusCode);
    }
}
