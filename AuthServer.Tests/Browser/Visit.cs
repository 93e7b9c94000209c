using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>One person with a fresh browser profile on one site.</summary>
public sealed class Visit(Chromium chromium, Site site, IPage page) : IAsyncDisposable
{
    public IPage Page => page;

    public Site Site => site;

    public Chromium Chromium => chromium;

    /// <summary>What the client was sent: method, URL and form.</summary>
    public List<(string Method, string Url, string? Form)> Answers { get; } = [];

    public static async Task<Visit> BeginAsync(Chromium chromium, Site site, bool scripts = true)
    {
        var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            JavaScriptEnabled = scripts,
            ViewportSize = new ViewportSize { Width = 1000, Height = 800 },
            Locale = "en-GB",
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(15_000);
        var visit = new Visit(chromium, site, page);
        await context.RouteAsync(url => !url.StartsWith(site.Issuer, StringComparison.Ordinal), visit.AnswerAsync);
        return visit;
    }

    public Task GoAsync(string pathOrUrl) =>
        page.GotoAsync(pathOrUrl.StartsWith('/') ? site.Issuer + pathOrUrl : pathOrUrl);

    public async Task SignInAsync(string email = Site.Ada, string password = Site.Password)
    {
        if (!page.Url.Contains("/sign-in", StringComparison.Ordinal))
        {
            await GoAsync("/sign-in");
        }

        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await PressAsync("Sign in");
    }

    public Task PressAsync(string button) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button, Exact = true }).ClickAsync();

    public Task FollowAsync(string link) =>
        page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = link, Exact = true }).ClickAsync();

    public async ValueTask DisposeAsync() => await page.Context.DisposeAsync();

    /// <summary>Plays every client: keeps what it was sent, and says hello.</summary>
    private Task AnswerAsync(IRoute route)
    {
        var request = route.Request;
        Answers.Add((request.Method, request.Url, request.PostData));
        return route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<!doctype html><title>client</title><p>hello" });
    }
}
