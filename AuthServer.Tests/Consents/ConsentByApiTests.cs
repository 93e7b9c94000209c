using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Consents;

/// <summary>Answering a filed consent by API: only in the browser session of its person, from this server's own pages.</summary>
public sealed class ConsentByApiTests(AgentSide side) : IClassFixture<AgentSide>
{
    private async Task<HttpResponseMessage> SendAsync(TestBrowser? browser, string path, JsonNode? body = null, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser?.Cookies ?? new() }) { BaseAddress = side.Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    private (string, string) Ours => ("Origin", side.Server.Issuer);

    [Fact]
    public async Task Its_person_approves_in_their_session_and_gets_the_address_to_go_on_to()
    {
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(userId, ("state", "s-3"));
        using var response = await SendAsync(browser, $"/api/v1/consent/{Text(filed, "consentId")}/approve", new JsonObject { ["scopes"] = new JsonArray("email:read") }, Ours);
        var approved = await ReadAsync(response, HttpStatusCode.OK);

        Assert.Equal("approved", Text(approved, "status"));
        var answer = Flows.Query(new Uri(Text(approved, "redirectUrl")));
        Assert.Equal((Text(approved, "code"), "s-3", side.Server.Issuer), (answer["code"], answer["state"], answer["iss"]));
        Assert.Equal(["email:read"], Texts(await side.ExchangeAsync(answer["code"]), "grantedScopes"));

        // It is answered, and cannot be again.
        using var again = await SendAsync(browser, $"/api/v1/consent/{Text(filed, "consentId")}/approve", null, Ours);
        await ReadAsync(again, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Its_person_denies()
    {
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(userId);
        using var response = await SendAsync(browser, $"/api/v1/consent/{Text(filed, "consentId")}/deny", null, Ours);
        var denied = await ReadAsync(response, HttpStatusCode.OK);
        Assert.Equal("denied", Text(denied, "status"));
        Assert.Equal("access_denied", Flows.Query(new Uri(Text(denied, "redirectUrl")))["error"]);
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("deny")]
    public async Task Nobody_answers_without_a_session_from_another_site_or_for_somebody_else(string decision)
    {
        var (browser, userId) = await side.PersonAsync();
        var (other, _) = await side.PersonAsync();
        var path = $"/api/v1/consent/{Text(await side.FileAsync(userId), "consentId")}/{decision}";

        await ReadAsync(await SendAsync(null, path, null, Ours), HttpStatusCode.Unauthorized);
        await ReadAsync(await SendAsync(null, path, null, side.DeveloperKey), HttpStatusCode.Unauthorized);
        await ReadAsync(await SendAsync(browser, path), HttpStatusCode.Forbidden);
        await ReadAsync(await SendAsync(browser, path, null, ("Origin", "https://evil.example")), HttpStatusCode.Forbidden);
        await ReadAsync(await SendAsync(browser, path, null, Ours, ("Sec-Fetch-Site", "cross-site")), HttpStatusCode.Forbidden);
        await ReadAsync(await SendAsync(browser, path, null, ("Sec-Fetch-Site", "same-site")), HttpStatusCode.Forbidden);
        await ReadAsync(await SendAsync(other, path, null, Ours), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Many_approvals_at_once_give_one_code_and_leave_one_consent_with_one_event()
    {
        var (browser, userId) = await side.PersonAsync();
        var path = $"/api/v1/consent/{Text(await side.FileAsync(userId), "consentId")}/approve";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(browser, path, null, Ours)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer =>
            Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict, answer.StatusCode.ToString()));
        Assert.Equal((1, 1), await GrantedAsync(userId));
    }

    [Fact]
    public async Task Of_an_approval_and_a_refusal_at_once_exactly_one_counts()
    {
        var (browser, userId) = await side.PersonAsync();
        for (var round = 0; round < 10; round++)
        {
            var filed = await side.FileAsync(userId);
            var path = $"/api/v1/consent/{Text(filed, "consentId")}/";
            var (before, _) = await GrantedAsync(userId);
            var answers = await Task.WhenAll(new[] { "approve", "deny", "approve", "deny" }.Select(decision => SendAsync(browser, path + decision, null, Ours)));
            var told = await ReadAsync(Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK), HttpStatusCode.OK);

            var (consents, events) = await GrantedAsync(userId);
            Assert.Equal(Text(told, "status") == "approved" ? before + 1 : before, consents);
            Assert.Equal(consents, events);
        }
    }

    [Fact]
    public async Task Who_answers_a_request_for_anybody_first_keeps_it()
    {
        var (first, _) = await side.PersonAsync();
        var (second, secondId) = await side.PersonAsync();
        var filed = await side.FileAsync(null);

        // The first one's answer is saved, and their browser has not gone on yet.
        await first.GoAsync(Text(filed, "consentUrl"));
        using var steps = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = first.Cookies }) { BaseAddress = side.Server.Address };
        using var form = BrowserSide.Form(first, ("decision", "allow"), ("scope", "email:read"), ("scope", "email:send"));
        using var answered = await steps.PostAsync(first.Address, form);

        await ReadAsync(await SendAsync(second, $"/api/v1/consent/{Text(filed, "consentId")}/approve", null, Ours), HttpStatusCode.NotFound);
        await second.GoAsync(Text(filed, "consentUrl"));
        BrowserSide.AssertAt(second, "/sign-in");
        Assert.Equal((0, 0), await GrantedAsync(secondId));

        await first.GoAsync(answered.Headers.Location!.OriginalString);
        Assert.Contains("code", BrowserSide.Answer(first));
    }

    /// <summary>How many consents a person has given, and how many events tell of them.</summary>
    private async Task<(int Consents, int Events)> GrantedAsync(string userId) => (
        await side.Server.QueryAsync(context => Task.FromResult(context.Consents.Count(row => row.Subject == userId))),
        (await side.Server.TrailAsync("consent.granted")).Count(row => row.Subject == userId));

    [Theory]
    [InlineData("[\"email:manage\"]")]
    [InlineData("[]")]
    public async Task Only_what_was_asked_can_be_approved(string scopes)
    {
        var (browser, userId) = await side.PersonAsync();
        var path = $"/api/v1/consent/{Text(await side.FileAsync(userId), "consentId")}/approve";
        await ReadAsync(await SendAsync(browser, path, new JsonObject { ["scopes"] = JsonNode.Parse(scopes) }, Ours), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_required_must_be_approved_too()
    {
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(userId, ("requiredScopes", new JsonArray("email:send")));
        var path = $"/api/v1/consent/{Text(filed, "consentId")}/approve";
        await ReadAsync(await SendAsync(browser, path, new JsonObject { ["scopes"] = new JsonArray("email:read") }, Ours), HttpStatusCode.BadRequest);
        await ReadAsync(await SendAsync(browser, path, new JsonObject { ["scopes"] = new JsonArray("email:send") }, Ours), HttpStatusCode.OK);
    }

    [Fact]
    public async Task Something_critical_needs_a_fresh_sign_in()
    {
        var (browser, userId) = await side.PersonAsync();
        var filed = await side.FileAsync(userId, ("requestedScopes", new JsonArray("github:pr:merge")));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        var problem = await ReadAsync(await SendAsync(browser, $"/api/v1/consent/{Text(filed, "consentId")}/approve", null, Ours), HttpStatusCode.Forbidden);
        Assert.Equal("fresh_sign_in_needed", Text(problem, "code"));
    }
}
