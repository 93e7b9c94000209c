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
