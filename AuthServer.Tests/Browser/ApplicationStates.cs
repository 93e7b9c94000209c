using AuthServer.Applications;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of applications, scopes and resource servers.</summary>
internal static class ApplicationStates
{
    private const string Route = "/developer/applications";
    private const string One = Route + "/{id}";
    private const string Scopes = "/developer/scopes";
    private const string Servers = "/developer/resource-servers";

    public static PageState[] All { get; } =
    [
        new("applications", Route, async visit =>
        {
            await MadeAsync(visit, "");
            await visit.GoAsync(Route);
        }),
        new("applications-empty", Route, async visit => await OpenAsync(visit, Route)),
        new("application-kinds", Route + "/new", async visit => await OpenAsync(visit, Route + "/new")),
        new("application-new", Route + "/new", async visit => await OpenAsync(visit, Route + "/new?kind=web")),
        new("application-new-wrong", Route + "/new", async visit =>
        {
            await OpenAsync(visit, Route + "/new?kind=web");
            await visit.Page.GetByLabel("Redirect URIs").FillAsync("http://a.example/cb\nhttps://*.example/cb");
            await visit.PressAsync("Make the application");
        }),
        new("application-made", Route + "/new", async visit =>
        {
            await OpenAsync(visit, Route + "/new?kind=machine");
            await visit.Page.Locator("#name").FillAsync("Nightly report");
            await visit.PressAsync("Make the application");
        }),
        new("application", One, async visit => await MadeAsync(visit, "")),
        new("application-long", One, async visit => await MadeAsync(visit, "", PageStates.Long)),
        new("application-remove", One, async visit => await MadeAsync(visit, "?ask=remove")),
        new("application-secret-ask", One, async visit => await MadeAsync(visit, "?ask=secret")),
        new("application-secret-again", One, async visit =>
        {
            await MadeAsync(visit, "?ask=secret");
            var page = visit.Page.Url;
            await visit.PressAsync("Replace it");
            await visit.GoAsync(page);
        }),
        new("application-secret-overtaken", One, async visit =>
        {
            await MadeAsync(visit, "?ask=secret");
            await visit.Page.Locator("input[name=replaces]").EvaluateAsync("field => field.value = 'sec_another'");
            await visit.PressAsync("Replace it");
        }),
        new("application-gone", One, async visit =>
        {
            await MadeAsync(visit, "?ask=remove");
            var page = visit.Page.Url;
            await visit.PressAsync("Remove it for good");
            await visit.GoAsync(page);
        }),
        new("application-held", One, async visit =>
        {
            await MadeAsync(visit, "");
            var id = visit.Page.Url[(visit.Page.Url.LastIndexOf('/') + 1)..];
            await visit.Site.QueryAsync(context =>
            {
                var row = context.Applications.Single(row => row.ClientId == id);
                row.Properties = (ApplicationExtras.Read(row.Properties) with { Disabled = true, DisabledAt = visit.Site.Clock.Now }).WriteTo(row.Properties);
                return context.SaveChangesAsync();
            });
            await visit.GoAsync($"{Route}/{id}");
        }),
        new("scopes", Scopes, async visit => await ScopeAsync(visit, "")),
        new("scopes-own", Scopes, async visit => await ScopeAsync(visit, "?name=robots:move")),
        new("scopes-delete", Scopes, async visit => await ScopeAsync(visit, "?ask=delete&name=robots:move")),
        new("scopes-wrong", Scopes, async visit =>
        {
            await OpenAsync(visit, Scopes);
            await visit.Page.GetByText("Make a scope of your own").ClickAsync();
            await visit.PressAsync("Make it");
        }),
        new("resource-servers-empty", Servers, async visit => await OpenAsync(visit, Servers)),
        new("resource-server-made", Servers, async visit => await ServerAsync(visit)),
        new("resource-servers", Servers, async visit =>
        {
            await ServerAsync(visit);
            await visit.FollowAsync("I have kept it");
        }),
        new("resource-server-secret", Servers, async visit =>
        {
            await ServerAsync(visit);
            await visit.FollowAsync("I have kept it");
            await visit.FollowAsync("Replace its secret…");
        }),
        new("resource-server-change", Servers, async visit =>
        {
            await ServerAsync(visit);
            await visit.FollowAsync("I have kept it");
            await visit.FollowAsync("Change it");
        }),
        new("resource-server-delete", Servers, async visit =>
        {
            await ServerAsync(visit);
            await visit.FollowAsync("I have kept it");
            await visit.FollowAsync("Delete it…");
        }),
    ];

    private static async Task OpenAsync(Visit visit, string page)
    {
        await visit.SignInAsync((await visit.Site.OrganizationAsync()).Owner, Rest.Password);
        await visit.GoAsync(page);
    }

    private static async Task MadeAsync(Visit visit, string page, string name = "Acme Calendar")
    {
        var (key, _, owner) = await visit.Site.OrganizationAsync();
        var made = await key.PostAsync("/applications", new
        {
            kind = "web",
            name,
            redirectUris = new[] { "https://calendar.example/callback", "http://localhost:3000/callback" },
            scopes = new[] { "openid", "profile", "email:send" },
        });
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync($"{Route}/{made.Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString()}{page}");
    }

    private static async Task ScopeAsync(Visit visit, string page)
    {
        var (key, _, owner) = await visit.Site.OrganizationAsync();
        await key.PostAsync("/scopes", new { name = "robots:move", title = "Move the robots", description = "They can run into things.", category = "robots", riskLevel = "critical" });
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync(Scopes + page);
    }

    private static async Task ServerAsync(Visit visit)
    {
        await OpenAsync(visit, Servers);
        await visit.Page.Locator("#url").FillAsync($"https://{Guid.NewGuid():N}.example");
        await visit.PressAsync("Register it");
    }
}
