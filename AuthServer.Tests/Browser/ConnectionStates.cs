using AuthServer.Tests.Support;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The developer's pages of connections: all of them, the way to a new one, and each page of one.</summary>
internal static class ConnectionStates
{
    private const string Route = "/developer/connections";
    private const string One = Route + "/{id}";

    public static PageState[] All { get; } = [.. List(), .. New(), .. Settings(), .. Work(), .. Access()];

    private static PageState[] List() =>
    [
        new("connections", Route, async visit =>
        {
            await OpenAsync(visit, overdue: true);
            await visit.GoAsync(Route);
        }),
        new("connections-empty", Route, async visit =>
        {
            await visit.SignInAsync((await visit.Site.ForestAsync()).Owner, Rest.Password);
            await visit.GoAsync(Route);
        }),
        new("connections-no-organization", Route, async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync(Route);
        }),
        new("connections-import", Route + "/import", async visit =>
        {
            await OpenAsync(visit);
            await visit.GoAsync(Route + "/import");
            await visit.Page.GetByLabel("Files").FillAsync("""[{"name":"Slack of sales","provider":"slack","settings":{"timeout":20}},{"name":"Mail","provider":"gmail"}]""");
            await visit.PressAsync("Show what it would do");
        }),
        new("connections-import-wrong", Route + "/import", async visit =>
        {
            await OpenAsync(visit);
            await visit.GoAsync(Route + "/import");
            await visit.Page.GetByLabel("An exported file").SetInputFilesAsync(new FilePayload { Name = "slack.json", MimeType = "application/json", Buffer = """[{"nme":"Slack","auth_type":"none"}]"""u8.ToArray() });
            await visit.PressAsync("Show what it would do");
            await visit.Page.Locator("#files-fault").WaitForAsync();
        }),
    ];

    private static PageState[] New() =>
    [
        new("connection-new", Route + "/new", async visit =>
        {
            await OpenAsync(visit);
            await visit.GoAsync(Route + "/new");
        }),
        new("connection-new-wrong", Route + "/new", async visit =>
        {
            await OpenAsync(visit);
            await visit.GoAsync(Route + "/new?provider=notion");
            await visit.Page.GetByLabel(visit.Said("Name"), new PageGetByLabelOptions { Exact = true }).FillAsync("");
            await visit.Page.GetByLabel("Environment").FillAsync("not one word");
            await visit.PressAsync("Go on");
        }),
        new("connection-setup-key", One + "/setup", async visit =>
        {
            await OpenAsync(visit);
            await visit.GoAsync(Route + "/new?provider=stripe");
            await visit.Page.Locator("input[name=auth_type][value=api_key]").CheckAsync();
            await visit.PressAsync("Go on");
        }),
        .. from step in new[] { "app", "scopes", "settings", "test", "activate" }
           select new PageState($"connection-setup-{step}", One + "/setup", visit => OpenAsync(visit, $"/setup?step={step}", draft: true)),
    ];

    private static PageState[] Settings() =>
    [
        new("connection", One, visit => OpenAsync(visit, "")),
        new("connection-long", One, visit => OpenAsync(visit, "?part=access", name: PageStates.Long)),
        new("connection-wrong", One, async visit =>
        {
            await OpenAsync(visit, "?part=requests");
            await visit.Page.GetByLabel("Seconds that a call may take").FillAsync("soon");
            await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button).Filter(new() { HasText = visit.Said("Calls") }).First.ClickAsync();
        }),
        new("connection-delete", One, visit => OpenAsync(visit, "?ask=delete")),
        new("connection-deactivate", One, visit => OpenAsync(visit, "?ask=deactivate")),
    ];

    private static PageState[] Work() =>
    [
        new("connection-accounts", One + "/accounts", visit => OpenAsync(visit, "/accounts")),
        new("connection-link", One + "/accounts", async visit =>
        {
            await OpenAsync(visit, "/accounts");
            await visit.Page.GetByLabel("Your name for its owner").FillAsync("user_42");
            await visit.PressAsync("Make a link");
        }),
        new("connection-disconnect", One + "/accounts", async visit =>
        {
            await OpenAsync(visit, "/accounts");
            await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Disconnect it…" }).First.ClickAsync();
        }),
        new("connection-test", One + "/test", async visit =>
        {
            await OpenAsync(visit, "/test", key: true);
            await visit.PressAsync("Test it");
        }),
        new("connection-templates", One + "/templates", visit => OpenAsync(visit, "/templates")),
        new("connection-log", One + "/log", visit => OpenAsync(visit, "/log")),
        new("connection-versions", One + "/versions", visit => OpenAsync(visit, "/versions?version=1")),
    ];

    private static PageState[] Access() =>
    [
        new("access", "/developer/access", async visit =>
        {
            await OpenAsync(visit, overdue: true);
            await visit.GoAsync("/developer/access");
            await visit.PressAsync("This is right");
        }),
    ];

    /// <param name="page">Of the connection; null: none yet.</param>
    private static async Task OpenAsync(Visit visit, string? page = null, bool draft = false, bool overdue = false, bool key = false, string name = "Slack of sales")
    {
        var (id, owner) = await visit.Site.ConnectionAsync(name, draft, overdue, key);
        await visit.SignInAsync(owner, Rest.Password);
        if (page is not null)
        {
            await visit.GoAsync($"{Route}/{id}{page}");
        }
    }
}
