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
        await browser.SubmitAsync(new() { ["client_secret"] = secret }, "Exchange it for tokens");
        browser.IsOk();
        Assert.Contains("Status 200", browser.Text, StringComparison.Ordinal);
        var claims = browser.Page.QuerySelectorAll("section[aria-labelledby=claims] tbody tr").ToDictionary(row => row.Children[0].TextContent, row => row.Children[1].TextContent);
        Assert.Equal((crew.Owner.Id, client), (claims["sub"], claims["client_id"]));

        await browser.GoAsync(Try + "/code?code=x&state=y");
        Assert.Contains("Nobody is expected here", browser.Text, StringComparison.Ordinal);
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

    private async Task<(Crew Crew, string Client, string Secret)> AgentAsync(params (string Name, JsonNode? Value)[] replaced)
    {
        var crew = await side.CrewAsync();
        var agent = (await crew.Key.PostAsync("/agents", JsonElement.Parse(OrganizationSide.Agent(replaced).ToJsonString()))).Is(HttpStatusCode.Created).Json;
        return (crew, agent.GetProperty("clientId").GetString()!, agent.GetProperty("clientSecret").GetString()!);
    }
}
