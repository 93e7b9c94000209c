using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>One person with a fresh browser profile on one site.</summary>
public sealed class Visit(Chromium chromium, Site site, IPage page) : IAsyncDisposable
{
    public IPage Page => page;

    public Site Site => site;

    public Chromium Chromium => chromium;

    /// <summary>How the page says an English text.</summary>
    public Func<string, string> Said { get; set; } = text => text;

    /// <summary>What was sent to addresses outside the server: method, URL and form.</summary>
    public ConcurrentQueue<(string Method, string Url, string? Form)> Answers { get; } = new();

    /// <param name="language">What the browser asks for, where Chromium does not know it; null: English.</param>
    public static async Task<Visit> BeginAsync(Chromium chromium, Site site, bool scripts = true, string? language = null)
    {
        var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            JavaScriptEnabled = scripts,
            ViewportSize = new ViewportSize { Width = 1000, Height = 800 },
            Locale = language is null ? "en-GB" : null,
            ExtraHTTPHeaders = language is null ? null : new Dictionary<string, string> { ["Accept-Language"] = language },
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        var visit = new Visit(chromium, site, page);
        context.Request += (_, request) => visit.Note(request);
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

        await page.GetByLabel(Said("E-mail address")).FillAsync(email);
        await page.GetByLabel(Said("Password")).FillAsync(password);
        await PressAsync("Sign in");
    }

    /// <summary>Until the browser is there and shows something. Playwright's own wait for an address also waits for the end of loading, and may miss it.</summary>
    /// <param name="pattern">Of the address, with <c>*</c> for anything.</param>
    public async Task ArriveAsync(string pattern)
    {
        var address = new Regex("^" + Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal) + "$");
        await Assertions.Expect(page).ToHaveURLAsync(address);
        await page.Locator("h1").First.WaitForAsync();
    }

    public Task PressAsync(string button) => Named(AriaRole.Button, button).ClickAsync();

    public Task FollowAsync(string link) => Named(AriaRole.Link, link).ClickAsync();

    public async ValueTask DisposeAsync() => await page.Context.DisposeAsync();

    /// <summary>Waits until the browser has gone to the client, which it does once, and shows that nobody is there.</summary>
    public async Task<(string Method, string Url, string? Form)> AnswerAsync()
    {
        // Waiting for the navigation would throw, since it fails.
        for (var i = 0; i < 300 && !page.Url.StartsWith("chrome-error:", StringComparison.Ordinal); i++)
        {
            await Task.Delay(50);
        }

        var answer = Assert.Single(Answers);
        Answers.Clear();
        return answer;
    }

    /// <summary>As the page says it; or as it is, where it is part of a longer text, or of a page that speaks English only.</summary>
    private ILocator Named(AriaRole role, string name) => page.GetByRole(role, new PageGetByRoleOptions { Name = Said(name), Exact = true })
        .Or(page.GetByRole(role, new PageGetByRoleOptions { Name = name, Exact = true }));

    private void Note(IRequest request)
    {
        if (request.IsNavigationRequest && request.Url.StartsWith("http", StringComparison.Ordinal) && !request.Url.StartsWith(site.Issuer, StringComparison.Ordinal))
        {
            Answers.Enqueue((request.Method, request.Url, request.PostData));
        }
    }
}
