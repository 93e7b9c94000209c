using System.Net;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>What somebody else has changed while a form stood open is not overwritten unseen.</summary>
public sealed class TwoTabsTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task A_scope_is_saved_once_its_change_was_seen()
    {
        var crew = await side.CrewAsync();
        (await crew.Key.PostAsync("/scopes", new { name = "robots:move", description = "They move." })).Is(HttpStatusCode.Created);
        await IsToldAsync(
            crew, "/developer/scopes?name=robots:move", "description", "They move far.", "The scope is changed",
            async () => (await crew.Key.PatchAsync("/scopes/robots:move", new { description = "They fly." })).Is(HttpStatusCode.OK));
        Assert.Equal("They move far.", await side.Server.QueryAsync(context => context.OrganizationScopes.Where(row => row.OrganizationId == crew.Id).Select(row => row.Description).SingleAsync()));
    }

    [Fact]
    public async Task A_resource_server_is_saved_once_its_change_was_seen()
    {
        var crew = await side.CrewAsync();
        var api = (await crew.Key.PostAsync("/resources", new { url = $"https://{Guid.NewGuid():N}.example", displayName = "Robots" })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        await IsToldAsync(
            crew, $"/developer/resource-servers?server={api}", "displayName", "Robots 🙂", "It is saved",
            async () => (await crew.Key.PatchAsync($"/resources/{api}", new { scopes = new[] { "email:read" } })).Is(HttpStatusCode.OK));
        var saved = (await crew.Key.GetAsync($"/resources/{api}")).Json;
        Assert.Equal(("Robots 🙂", 0), (saved.GetProperty("displayName").GetString(), saved.GetProperty("scopes").GetArrayLength()));
    }

    [Fact]
    public async Task An_answer_that_is_taken_away_is_the_one_that_its_hint_names()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        (await crew.Key.PostAsync("/scopes", new { name = "robots:stop", title = "Stop the robots", description = "They stop.", category = "robots" })).Is(HttpStatusCode.Created);
        await browser.GoAsync("/developer/scopes?name=robots:stop");
        await browser.SubmitAsync(new() { ["title"] = "", ["category"] = "" }, "Save");
        var scope = await side.Server.QueryAsync(context => context.OrganizationScopes.SingleAsync(row => row.OrganizationId == crew.Id));
        Assert.Equal(("robots:stop", "custom"), (scope.Title, scope.Category));

        var host = $"{Guid.NewGuid():N}.example";
        var api = (await crew.Key.PostAsync("/resources", new { url = $"https://{host}", displayName = "Robots" })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        await browser.GoAsync($"/developer/resource-servers?server={api}");
        await browser.SubmitAsync(new() { ["displayName"] = "" }, "Save");
        Assert.Equal(host, (await crew.Key.GetAsync($"/resources/{api}")).Json.GetProperty("displayName").GetString());

        var agent = (await crew.Key.PostAsync("/agents", System.Text.Json.JsonElement.Parse(OrganizationSide.Agent(("metadata", new System.Text.Json.Nodes.JsonObject { ["team"] = "sales" })).ToJsonString()))).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString();
        await browser.GoAsync($"/developer/agents/{agent}");
        await browser.SubmitAsync(new() { ["metadata"] = "" }, "Save");
        Assert.Equal("{}", (await crew.Key.GetAsync($"/agents/{agent}")).Json.GetProperty("metadata").GetRawText());
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("application")]
    [InlineData("resource server")]
    public async Task A_secret_that_was_replaced_in_another_tab_goes_on_as_long_as_was_promised(string owner)
    {
        var crew = await side.CrewAsync();
        var (page, clientId, secret) = await SecretAsync(crew, owner);
        using var first = await side.BrowserAsync(crew.Owner);
        using var second = await side.BrowserAsync(crew.Owner);
        foreach (var tab in new[] { first, second })
        {
            await tab.GoAsync(page);
            Assert.Empty(tab.Page.QuerySelectorAll(".notice-warning"));
        }

        await first.SubmitAsync(new() { ["overlap"] = "604800" }, "Replace it");
        var next = first.Page.GetElementById("secret")!.TextContent;
        await second.SubmitAsync(new() { ["overlap"] = "604800" }, "Replace it");
        Assert.Null(second.Page.GetElementById("secret"));
        Assert.Contains("The secret was replaced meanwhile. Nothing was done now.", second.Text, StringComparison.Ordinal);
        Assert.Contains($"{secret[..8]}", second.Text, StringComparison.Ordinal);
        Assert.Contains("The one before. It works until", second.Text, StringComparison.Ordinal);
        await AssertKnownAsync(clientId, secret, true);
        await AssertKnownAsync(clientId, next, true);

        // Whoever means it is told what it ends.
        await second.GoAsync(page);
        Assert.Contains("is dead at once when the present one is replaced", second.Text, StringComparison.Ordinal);
        await second.SubmitAsync(new() { ["overlap"] = "604800" }, "Replace it");
        await AssertKnownAsync(clientId, second.Page.GetElementById("secret")!.TextContent, true);
        await AssertKnownAsync(clientId, next, true);
        await AssertKnownAsync(clientId, secret, false);
    }

    [Fact]
    public async Task A_program_can_say_which_secret_it_replaces()
    {
        var crew = await side.CrewAsync();
        var (page, clientId, secret) = await SecretAsync(crew, "application");
        var api = page[..page.IndexOf('?', StringComparison.Ordinal)].Replace("/developer", "", StringComparison.Ordinal);
        var present = (await crew.Key.GetAsync(api + "/secrets")).Json.GetProperty("data")[0].GetProperty("id").GetString();
        (await crew.Key.PostAsync(api + "/rotate-secret", new { overlapSeconds = 3600, replaces = present })).Is(HttpStatusCode.OK);
        (await crew.Key.PostAsync(api + "/rotate-secret", new { overlapSeconds = 3600, replaces = present })).Is(HttpStatusCode.Conflict, "secret_replaced");
        await AssertKnownAsync(clientId, secret, true);
    }

    [Fact]
    public async Task A_secret_of_a_webhook_that_was_replaced_in_another_tab_is_not_replaced_again_unseen()
    {
        var crew = await side.CrewAsync();
        var id = (await crew.Key.PostAsync("/webhooks", new { url = "https://hooks.example/in", events = new[] { "agent.created" } })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString();
        using var first = await side.BrowserAsync(crew.Owner);
        using var second = await side.BrowserAsync(crew.Owner);
        await first.GoAsync($"/developer/webhook?id={id}&ask=rotate");
        await second.GoAsync($"/developer/webhook?id={id}&ask=rotate");
        await first.SubmitAsync(button: "Replace it");
        Assert.Contains("The secret is replaced", first.Text, StringComparison.Ordinal);
        await second.SubmitAsync(button: "Replace it");
        Assert.Contains("Nothing was done now.", second.Text, StringComparison.Ordinal);
        await second.GoAsync($"/developer/webhook?id={id}&ask=rotate");
        Assert.Contains("That ends at once.", second.Text, StringComparison.Ordinal);
    }

    /// <summary>Where its secret is replaced, its client id and its secret.</summary>
    private static async Task<(string Page, string ClientId, string Secret)> SecretAsync(Crew crew, string owner)
    {
        var made = (owner switch
        {
            "agent" => await crew.Key.PostAsync("/agents", OrganizationSide.Agent()),
            "application" => await crew.Key.PostAsync("/applications", new { kind = "machine", name = "Nightly report", scopes = new[] { "email:read" } }),
            _ => await crew.Key.PostAsync("/resources", new { url = $"https://{Guid.NewGuid():N}.example" }),
        }).Is(HttpStatusCode.Created).Json;
        var id = made.GetProperty("id").GetString();
        var page = owner switch
        {
            "agent" => $"/developer/agents/{id}/keys?ask=secret",
            "application" => $"/developer/applications/{id}?ask=secret",
            _ => $"/developer/resource-servers?ask=secret&server={id}",
        };
        return (page, made.GetProperty("clientId").GetString()!, made.GetProperty("clientSecret").GetString()!);
    }

    private async Task AssertKnownAsync(string clientId, string secret, bool isKnown)
    {
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/introspect") { Content = new FormUrlEncodedContent([new("token", "nonsense")]) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{clientId}:{secret}")));
        using var answer = await http.SendAsync(request);
        Assert.Equal(isKnown ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private async Task IsToldAsync(Crew crew, string page, string field, string typed, string done, Func<Task> meanwhile)
    {
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(page);
        await meanwhile();
        await browser.SubmitAsync(new() { [field] = typed }, "Save");
        Assert.Contains("Somebody changed it meanwhile.", browser.Text, StringComparison.Ordinal);
        Assert.Equal(typed, browser.Value(field));

        // Meant all the same, and pressed twice.
        var again = new[] { Post(browser), Post(browser) };
        foreach (var press in again)
        {
            await browser.SendAsync(press);
            Assert.Contains(done, browser.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>The form as it stands, to be sent.</summary>
    private static HttpRequestMessage Post(TestBrowser browser)
    {
        var form = browser.Page.Forms.First(form => form.QuerySelector("button[value=save]") is not null);
        var fields = form.QuerySelectorAll("input[name], textarea, select").Select(input => KeyValuePair.Create(input.GetAttribute("name")!, input switch
        {
            AngleSharp.Html.Dom.IHtmlTextAreaElement area => area.Value,
            AngleSharp.Html.Dom.IHtmlSelectElement select => select.Value ?? "",
            _ => input.GetAttribute("value") ?? "",
        }));
        return new HttpRequestMessage(HttpMethod.Post, new Uri(browser.Address, form.GetAttribute("action"))) { Content = new FormUrlEncodedContent([.. fields, new("act", "save")]) };
    }
}
