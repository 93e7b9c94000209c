using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The API in a browser, under the policy of every page.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class ApiInBrowserTests(Chromium chromium)
{
    [Fact]
    public async Task The_API_is_shown_and_can_be_tried_and_the_policy_forbids_nothing_that_it_needs()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        var faults = new List<string>();
        visit.Page.Console += (_, message) => faults.AddRange(message.Type == "error" ? [message.Text] : Array.Empty<string>());
        visit.Page.PageError += (_, error) => faults.Add(error);

        await visit.GoAsync("/");
        await visit.FollowAsync("The API, to read and to try");
        await visit.Page.Locator("#operations-tag-Scopes").ClickAsync();
        var operation = visit.Page.Locator("#operations-Scopes-listScopesOfCategory");
        await operation.Locator("button.opblock-summary-control").ClickAsync();
        await operation.Locator("button.try-out__btn").ClickAsync();
        await operation.GetByPlaceholder("name").FillAsync("payments");
        await operation.Locator("button.execute").ClickAsync();

        await Assertions.Expect(operation.Locator(".live-responses-table")).ToContainTextAsync("payments:charge");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Without_scripts_there_is_a_way_to_the_document()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);

        await visit.GoAsync("/docs/api");

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "the document itself" })).ToHaveAttributeAsync("href", "/openapi/v1.json");
    }
}
