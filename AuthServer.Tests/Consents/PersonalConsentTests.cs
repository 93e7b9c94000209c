using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Consents;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Consents;

/// <summary>What a person sees of their consents and takes back, on the dashboard and by API.</summary>
public sealed class PersonalConsentTests(AgentSide side) : IClassFixture<AgentSide>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static (string, JsonNode?) Scopes(params string[] scopes) => ("requestedScopes", new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]));

    [Fact]
    public async Task The_dashboard_shows_all_consents_of_an_agent_as_one_and_stops_them_together()
    {
        var (reading, browser, userId) = await side.ConsentedAsync(Scopes("email:read"));
        var both = await side.ExchangeAsync((await AllowAsync(browser, await side.FileAsync(userId, Scopes("email:read", "email:send"))))["code"]);
        var waiting = (await AllowAsync(browser, await side.FileAsync(userId, Scopes("email:read"))))["code"];
        var bystander = await side.Organization.RegisterAsync(OrganizationSide.Agent(("name", "Bystander")));
        await AllowAsync(browser, await side.FileAsync(userId, ("clientId", Text(bystander, "clientId"))));

        await browser.GoAsync("/dashboard");
        Assert.Equal(["Bystander", "SmartMail"], browser.Page.QuerySelectorAll(".grant-name").Select(name => name.TextContent).Order(StringComparer.Ordinal));
        var stop = browser.Page.QuerySelectorAll(".grant").Single(grant => grant.QuerySelector(".grant-name")!.TextContent == "SmartMail");
        Assert.Equal(2, stop.QuerySelectorAll(".rights li").Length);
        await browser.SubmitAsync(new() { ["consent"] = stop.QuerySelector("input[name=consent]")!.GetAttribute("value") }, "Stop it");

        Assert.Contains("Everything that it had is dead.", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["Bystander"], browser.Page.QuerySelectorAll(".grant-name").Select(name => name.TextContent));
        foreach (var tokens in new[] { reading, both })
        {
            Assert.False((await side.VerifyAsync(Text(tokens, "accessToken"), [])).GetProperty("allowed").GetBoolean());
            await side.RefreshAsync(Text(tokens, "refreshToken"), HttpStatusCode.BadRequest);
        }

        await side.ExchangeAsync(waiting, HttpStatusCode.BadRequest);
        var told = (await side.Server.TrailAsync(AuditEventTypes.ConsentRevoked)).Where(row => row.Subject == userId).ToList();
        Assert.Equal(["email:read", "email:read email:send"], told.Select(row => row.Scope!).Order(StringComparer.Ordinal));
        Assert.Equal(2, told.Select(row => row.Target).Distinct().Count());

        // Once more changes nothing, and says nothing new.
        await browser.GoAsync("/dashboard");
        await browser.SubmitAsync(new() { ["consent"] = told[0].Target }, "Stop it");
        Assert.Equal(2, (await side.Server.TrailAsync(AuditEventTypes.ConsentRevoked)).Count(row => row.Subject == userId));
    }

    [Fact]
    public async Task By_api_each_consent_is_taken_back_alone()
    {
        var (reading, browser, userId) = await side.ConsentedAsync(Scopes("email:read"));
        var both = await side.ExchangeAsync((await AllowAsync(browser, await side.FileAsync(userId, Scopes("email:read", "email:send"))))["code"]);
        var listed = (await SendAsync(browser, HttpMethod.Get, $"/api/v1/users/{userId}/consents", HttpStatusCode.OK)).GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(2, listed.Count);
        var last = await SendAsync(browser, HttpMethod.Get, $"/api/v1/users/{userId}/consents?limit=1&offset=1", HttpStatusCode.OK);
        Assert.Equal(Text(listed[1], "id"), Text(Assert.Single(last.GetProperty("data").EnumerateArray()), "id"));
        Assert.Equal(2, last.GetProperty("meta").GetProperty("total").GetInt32());
        var one = listed.Single(consent => consent.GetProperty("scopes").GetArrayLength() == 1);

        await SendAsync(browser, HttpMethod.Post, $"/api/v1/users/{userId}/consents/{Text(one, "id")}/revoke", HttpStatusCode.NoContent);
        Assert.False((await side.VerifyAsync(Text(reading, "accessToken"), [])).GetProperty("allowed").GetBoolean());
        Assert.True((await side.VerifyAsync(Text(both, "accessToken"), [])).GetProperty("allowed").GetBoolean());
        await SendAsync(browser, HttpMethod.Post, $"/api/v1/users/{userId}/consents/{Text(one, "id")}/revoke", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Nobody_else_sees_or_takes_back_a_persons_consents()
    {
        var (tokens, browser, userId) = await side.ConsentedAsync();
        var (other, otherId) = await side.PersonAsync();
        var list = $"/api/v1/users/{userId}/consents";
        var id = Text((await SendAsync(browser, HttpMethod.Get, list, HttpStatusCode.OK)).GetProperty("data")[0], "id");

        foreach (var (method, path) in new[] { (HttpMethod.Get, list), (HttpMethod.Post, $"{list}/{id}/revoke") })
        {
            await SendAsync(null, method, path, HttpStatusCode.Unauthorized);
            await SendAsync(null, method, path, HttpStatusCode.Unauthorized, side.DeveloperKey);
            await SendAsync(other, method, path, HttpStatusCode.NotFound);
        }

        // Nor by one's own address or dashboard.
        await SendAsync(other, HttpMethod.Post, $"/api/v1/users/{otherId}/consents/{id}/revoke", HttpStatusCode.NotFound);
        await AllowAsync(other, await side.FileAsync(otherId));
        await other.GoAsync("/dashboard");
        await other.SubmitAsync(new() { ["consent"] = id }, "Stop it");
        Assert.True((await side.VerifyAsync(Text(tokens, "accessToken"), [])).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task Nothing_outlives_the_consent_that_it_comes_from()
    {
        // The fixture's consents last an hour.
        var (tokens, browser, userId) = await side.ConsentedAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(50));
        tokens = await side.RefreshAsync(Text(tokens, "refreshToken"));
        Assert.Equal(600, tokens.GetProperty("expiresIn").GetInt64());
        side.Server.Clock.Advance(TimeSpan.FromMinutes(9.5));
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];

        side.Server.Clock.Advance(TimeSpan.FromMinutes(0.6));
        await side.RefreshAsync(Text(tokens, "refreshToken"), HttpStatusCode.BadRequest);
        await side.ExchangeAsync(code, HttpStatusCode.BadRequest);
        await browser.GoAsync("/dashboard");
        Assert.Contains("Nothing acts for you", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_was_used_when_the_last_of_it_was_and_lasts_until_the_last_of_it_ends()
    {
        static PersonalConsent Consent(int granted, int? used, int? until, string agent, params string[] scopes) => new(
            $"con_{granted}", "agc_1", "SmartMail", new PersonalConsentAgent(agent, "SmartMail", null, null, "active", "Acme AI"),
            [.. scopes.Select(scope => new PersonalConsentScope(scope, scope, "", "other", RiskLevel.High))],
            "https://yourapp.example", [], Now.AddDays(granted), until is { } end ? Now.AddDays(end) : null, used is { } at ? Now.AddDays(at) : null);

        var groups = ActingConsents.Of(
            [Consent(5, null, 370, "agt_1", "email:send", "email:read"), Consent(4, 6, 369, "agt_2", "email:read"), Consent(3, 7, null, "agt_1", "email:read")]);

        Assert.Equal(["agt_1", "agt_2"], groups.Select(group => group.Newest.Agent!.Id));
        Assert.Equal((Now.AddDays(370), Now.AddDays(7)), (groups[0].ExpiresAt, groups[0].LastUsedAt));
        Assert.Equal(["email:send", "email:read"], groups[0].Scopes.Select(scope => scope.Name));
    }

    private async Task<JsonElement> SendAsync(
        TestBrowser? browser, HttpMethod method, string path, HttpStatusCode status, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser?.Cookies ?? new() }) { BaseAddress = side.Server.Address };
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers.Append(("Origin", side.Server.Issuer)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        return await ReadAsync(response, status);
    }
}
