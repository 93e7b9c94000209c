using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>Flows of OAuth tried on the page: the requests are real, and nothing secret stays.</summary>
public sealed class TryItPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Try = "/developer/try-it";

    [Fact]
    public async Task An_agent_gets_a_token_that_is_explained_asked_about_and_given_back()
    {
        var (crew, client, secret) = await AgentAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Try);
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = secret, ["scope"] = "email:read" }, "Send it");
        browser.IsOk();
        Assert.Contains("Status 200", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Who made the token: this server.", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, browser.Address.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await side.Server.QueryAsync(context => context.AuditEvents.CountAsync(row => row.OrganizationId == crew.Id && row.Type == AuditEventTypes.TokenIssued)));

        await browser.SubmitAsync(button: "Ask about it");
        var token = browser.Value("token")!;
        Assert.Equal((client, ""), (browser.Value("client_id"), browser.Value("client_secret") ?? ""));
        Assert.Equal(3, token.Split('.').Length);
        Assert.DoesNotContain(token, browser.Address.ToString(), StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = secret }, "Send it");
        Assert.Contains("\"active\": true", browser.Page.GetElementById("answer")!.TextContent, StringComparison.Ordinal);

        await browser.GoAsync(Try + "?flow=revoke");
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = secret, ["token"] = token }, "Send it");
        Assert.Contains("the status says it all", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(Try + "?flow=introspect");
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = secret, ["token"] = token }, "Send it");
        Assert.Contains("\"active\": false", browser.Page.GetElementById("answer")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_shown_with_what_it_means_and_what_was_typed_is_kept_but_for_the_secret()
    {
        var (crew, client, _) = await AgentAsync();
        using var browser = await side.BrowserAsync(crew, "auditor");
        await browser.GoAsync(Try);
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = "<script>wrong", ["scope"] = "email:read" }, "Send it");
        Assert.Contains("Status 401", browser.Text, StringComparison.Ordinal);
        Assert.Contains("invalid_client", browser.Text, StringComparison.Ordinal);
        Assert.Equal((client, ""), (browser.Value("client_id"), browser.Value("client_secret") ?? ""));
        await browser.GoAsync(Try + "?flow=refresh");
        await browser.SubmitAsync(new() { ["client_id"] = "" }, "Send it");
        Assert.Equal(["#client_id", "#refresh_token"], browser.FaultyFields());
    }

    [Fact]
    public async Task What_an_error_says_is_shown_to_its_end()
    {
        var (crew, client, secret) = await AgentAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Try + "?flow=refresh");
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = secret, ["refresh_token"] = "x" }, "Send it");
        var said = browser.Page.QuerySelectorAll("section[aria-labelledby=said] tbody tr").ToDictionary(row => row.Children[0].TextContent, row => row.Children[1].TextContent);
        Assert.Equal("The grant is invalid, expired, revoked or was issued to another client.", said["error_description"]);
    }

    [Fact]
    public async Task An_error_leads_to_its_explanation_and_what_parts_mean_is_said_in_the_readers_language()
    {
        var (crew, client, _) = await AgentAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        browser.Headers.AcceptLanguage.ParseAdd("de");
        await browser.GoAsync(Try);
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = "wrong", ["scope"] = "email:read" }, "Senden");
        Assert.Equal($"{side.Server.Issuer}/docs/errors#invalid_client", browser.Page.QuerySelector("section[aria-labelledby=said] p a")!.GetAttribute("href"));
        var meanings = browser.Page.QuerySelectorAll("section[aria-labelledby=sent] tbody tr, section[aria-labelledby=said] tbody tr").ToDictionary(row => row.Children[0].TextContent, row => row.Children[2].TextContent);
        Assert.Equal("Ein Wort für Programme (RFC 6749 §5.2).", meanings["error"]);
        Assert.All(meanings.Values.Where(meaning => meaning.Length > 0), meaning => Assert.NotEqual(meaning, KnownEnglish(meaning)));
    }

    [Fact]
    public async Task When_a_token_was_made_and_ends_is_said_in_the_readers_language()
    {
        var (crew, client, secret) = await AgentAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        browser.Headers.AcceptLanguage.ParseAdd("de");
        await browser.GoAsync(Try);
        await browser.SubmitAsync(new() { ["client_id"] = client, ["client_secret"] = secret, ["scope"] = "email:read" }, "Senden");
        var claims = browser.Page.QuerySelectorAll("section[aria-labelledby=claims] tbody tr").ToDictionary(row => row.Children[0].TextContent, row => row.Children[1].TextContent);
        Assert.All(new[] { "iat", "exp" }, name => Assert.Matches(@"^\d+: \d+\. \p{L}+ \d{4}, \d\d:\d\d Uhr \(UTC\)$", claims[name]));
    }

    [Fact]
    public async Task Each_grant_that_the_server_announces_can_be_tried()
    {
        var crew = await side.CrewAsync();
        using var http = side.Server.CreateClient();
        var announced = JsonElement.Parse(await http.GetStringAsync("/.well-known/openid-configuration")).GetProperty("grant_types_supported").EnumerateArray().Select(grant => grant.GetString()!);
        using var browser = await side.BrowserAsync(crew, "auditor");
        await browser.GoAsync(Try);
        var tried = new List<string>();
        foreach (var flow in browser.Page.QuerySelectorAll("main nav a[href*='flow=']").Select(link => link.GetAttribute("href")!).ToList())
        {
            await browser.GoAsync(flow);
            var typed = browser.Page.QuerySelectorAll("main form input[required]:not([type=hidden]), main form textarea").ToDictionary(field => field.GetAttribute("name")!, _ => (string?)"x");
            await browser.SubmitAsync(typed, browser.Page.QuerySelector("main form button[value=send]")!.TextContent);
            browser.IsOk();
            tried.AddRange(browser.Page.QuerySelectorAll("section[aria-labelledby=sent] tbody tr").Where(row => row.Children[0].TextContent == "grant_type").Select(row => row.Children[1].TextContent));
        }

        // The code flow is walked through the browser, below.
        Assert.Equal(announced.Except(["authorization_code"]).Order(StringComparer.Ordinal), tried.Select(Whole).Order(StringComparer.Ordinal));
        string Whole(string shown) => announced.Single(grant => grant.StartsWith(shown.TrimEnd('…'), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_delegated_and_a_client_with_a_key_can_be_tried()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Try + "?flow=delegation");
        await browser.SubmitAsync(new() { ["client_id"] = "agc_x", ["client_assertion"] = "eyJ.x.y", ["delegation_id"] = "dlg_x" }, "Send it");
        var sent = browser.Page.QuerySelectorAll("section[aria-labelledby=sent] tbody tr").ToDictionary(row => row.Children[0].TextContent, row => row.Children[1].TextContent);
        Assert.Equal(("agent_delegation", "dlg_x", "eyJ.x.y"), (sent["grant_type"], sent["delegation_id"], sent["client_assertion"]));
        Assert.StartsWith("urn:ietf:params:oauth:client-assertion-type", sent["client_assertion_type"], StringComparison.Ordinal);
        Assert.Contains("invalid_client", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(Try + "?flow=assertion");
        await browser.SubmitAsync(new() { ["assertion"] = "" }, "Send it");
        Assert.Equal(["#assertion"], browser.FaultyFields());
    }

    [Fact]
    public async Task The_code_flow_is_walked_with_a_person_who_agrees()
    {
        var (crew, client, secret) = await AgentAsync(("redirectUris", new JsonArray(side.Server.Issuer + Try + "/code")));
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Try + "?flow=code");
        await browser.SubmitAsync(new() { ["client_id"] = client, ["scope"] = "email:read" }, "Prepare the request");
        var authorize = browser.Page.QuerySelector(".actions a.button")!.GetAttribute("href")!;
        Assert.StartsWith("/connect/authorize?", authorize, StringComparison.Ordinal);
        await browser.GoAsync(authorize);
        await browser.SubmitAsync(button: "Allow");
        Assert.Equal(Try + "/code", browser.Address.AbsolutePath);
        Assert.Contains("2. The browser is back", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["client_secret"] = "mistyped" }, "Exchange it for tokens");
        Assert.Contains("Status 401", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["client_secret"] = secret }, "Exchange it for tokens");
        browser.IsOk();
        Assert.Contains("Status 200", browser.Text, StringComparison.Ordinal);
        var claims = browser.Page.QuerySelectorAll("section[aria-labelledby=claims] tbody tr").ToDictionary(row => row.Children[0].TextContent, row => row.Children[1].TextContent);
        Assert.Equal((crew.Owner.Id, client), (claims["sub"], claims["client_id"]));

        await browser.GoAsync(Try + "/code?code=x&state=y");
        Assert.Contains("Nobody is expected here", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_is_sent_twice_is_exchanged_once_and_each_tab_comes_back_to_its_own_request()
    {
        var (crew, client, secret) = await AgentAsync(("redirectUris", new JsonArray(side.Server.Issuer + Try + "/code")));
        using var browser = await side.BrowserAsync(crew.Owner);
        var tabs = new List<string>();
        for (var tab = 0; tab < 2; tab++)
        {
            await browser.GoAsync(Try + "?flow=code");
            await browser.SubmitAsync(new() { ["client_id"] = client, ["scope"] = "email:read" }, "Prepare the request");
            tabs.Add(browser.Page.QuerySelector(".actions a.button")!.GetAttribute("href")!);
        }

        await browser.GoAsync(tabs[0]);
        await browser.SubmitAsync(button: "Allow");
        Assert.Contains("2. The browser is back", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["client_secret"] = secret }, "Exchange it for tokens");
        await browser.AgainAsync();
        Assert.Contains("Status 200", browser.Text, StringComparison.Ordinal);
        Assert.Single(await side.Server.TrailAsync("token.issued"), row => row.ClientId == client);

        await browser.GoAsync(tabs[1]);
        Assert.Contains("2. The browser is back", browser.Text, StringComparison.Ordinal);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(11));
        await browser.GoAsync(browser.Address.PathAndQuery);
        Assert.Contains("Nobody is expected here", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_could_not_come_back_is_not_sent_out()
    {
        var (crew, client, _) = await AgentAsync(("redirectUris", new JsonArray("https://app.example/callback")));
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Try + "?flow=code");
        await browser.SubmitAsync(new() { ["client_id"] = client }, "Prepare the request");
        Assert.Equal(["#client_id"], browser.FaultyFields());
        Assert.Contains($"{Try}/code: add it there first", browser.Text, StringComparison.Ordinal);
        Assert.Equal(client, browser.Value("client_id"));
    }

    [Fact]
    public async Task An_answer_to_somebody_elses_request_is_not_taken()
    {
        var (crew, client, _) = await AgentAsync(("redirectUris", new JsonArray(side.Server.Issuer + Try + "/code")));
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Try + "?flow=code");
        await browser.SubmitAsync(new() { ["client_id"] = client }, "Prepare the request");
        await browser.GoAsync(Try + "/code?code=stolen&state=theirs");
        Assert.Contains("Nobody is expected here", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.QuerySelectorAll("main form"));
        using var stranger = await side.BrowserAsync(await side.CrewAsync());
        Assert.Equal("NotFound", await stranger.StatusAsync($"{Try}?organization={crew.Id}"));
    }

    private static string? KnownEnglish(string meaning) =>
        AuthServer.Languages.Language.Of("de").T(meaning) == meaning && meaning.Contains(" the ", StringComparison.Ordinal) ? meaning : null;

    private async Task<(Crew Crew, string Client, string Secret)> AgentAsync(params (string Name, JsonNode? Value)[] replaced)
    {
        var crew = await side.CrewAsync();
        var agent = (await crew.Key.PostAsync("/agents", JsonElement.Parse(OrganizationSide.Agent(replaced).ToJsonString()))).Is(HttpStatusCode.Created).Json;
        return (crew, agent.GetProperty("clientId").GetString()!, agent.GetProperty("clientSecret").GetString()!);
    }
}
