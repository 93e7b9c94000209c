using System.Text.Json.Nodes;
using AuthServer.Audit;
using AuthServer.ExternalSignIn;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>A server where people sign in by two providers, each of which says what a test wants.</summary>
public sealed class ExternalSide : IAsyncLifetime
{
    public const string Id = "acme";
    public const string Title = "Acme ID";
    public const string Button = "Continue with " + Title;
    public const string OtherButton = "Continue with Other ID";

    public TestServer Server { get; private set; } = null!;

    public FakeOpenId Acme { get; private set; } = null!;

    public FakeOpenId Other { get; private set; } = null!;

    public static IEnumerable<(string Key, string Value)> Provider(int index, FakeOpenId provider, string id, string name, params (string Key, string Value)[] more)
    {
        (string Key, string Value)[] usual =
        [
            ("Id", id), ("Name", name), ("Issuer", provider.Issuer), ("ClientId", FakeOpenId.ClientId), ("ClientSecret", FakeOpenId.Secret),
        ];
        return usual.Where(pair => more.All(other => other.Key != pair.Key)).Concat(more).Select(pair => ($"AuthServer:SignIn:External:{index}:{pair.Key}", pair.Value))
            .Append(($"AuthServer:Outbound:AllowedPrivateHosts:{index}", provider.Name));
    }

    public async Task InitializeAsync()
    {
        (Acme, Other) = (await FakeOpenId.StartAsync(), await FakeOpenId.StartAsync("/other"));
        Server = await Flows.StartAsync([.. BrowserSide.Settings, .. Provider(0, Acme, Id, Title), .. Provider(1, Other, "other", "Other ID")]);
        (Acme.Clock, Other.Clock) = (Server.Clock, Server.Clock);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Acme.DisposeAsync();
        await Other.DisposeAsync();
    }

    public static JsonObject Person(string subject, string? email = null, bool? verified = true, string? name = "Grace Hopper") => new()
    {
        ["sub"] = subject,
        ["email"] = email,
        ["email_verified"] = verified,
        ["name"] = name,
    };

    public TestBrowser Browser() => new(Server);

    /// <summary>Presses the button on the page where the browser is; the provider's address that it leads to.</summary>
    public static async Task<Uri> SetOutAsync(TestBrowser browser, string button = Button)
    {
        await browser.SubmitAsync(button: button);
        var link = browser.Page.QuerySelector("a.button")?.GetAttribute("href");
        Assert.True(link is not null && browser.Response.Headers.Contains("Refresh"), $"{(int)browser.Response.StatusCode} {browser.Text}");
        Assert.Equal($"0; url={link}", browser.Response.Headers.GetValues("Refresh").Single());
        return new Uri(link);
    }

    /// <summary>To the provider and back.</summary>
    public async Task RoundAsync(TestBrowser browser, string button = Button, FakeOpenId? provider = null) =>
        await browser.GoAsync((await (provider ?? Acme).VisitAsync(await SetOutAsync(browser, button))).AbsoluteUri);

    /// <summary>A browser in which somebody comes from Acme's page to ours.</summary>
    public async Task<TestBrowser> ArriveAsync(string from = "/sign-in")
    {
        var browser = Browser();
        await browser.GoAsync(from);
        await RoundAsync(browser);
        return browser;
    }

    /// <summary>Somebody new, who has an account by Acme and no password.</summary>
    public async Task<(TestBrowser Browser, string Subject, string Email)> NewcomerAsync()
    {
        var (subject, email) = ($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com");
        Acme.Claims = Person(subject, email);
        var browser = await ArriveAsync();
        await browser.SubmitAsync(button: "Create account");
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return (browser, subject, email);
    }

    public async Task<TestBrowser> SignedInAsync(string email = Flows.Email, string password = Flows.Password)
    {
        var browser = Browser();
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, password);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }

    public Task<List<ExternalLogin>> LoginsAsync(string subject) =>
        Server.QueryAsync(context => context.ExternalLogins.AsNoTracking().Where(row => row.Subject == subject).ToListAsync());

    /// <summary>How often it was refused for this reason.</summary>
    public async Task<int> RefusalsAsync(string code)
    {
        await ((Refusals)Server.Services.GetService(typeof(Refusals))!).FlushAsync(default);
        return await Server.QueryAsync(context => context.RefusalCounts.Where(row => row.Kind == "external_" + code).SumAsync(row => row.Count));
    }

    /// <summary>Nobody is signed in, and the page says why.</summary>
    public static async Task AssertRefusedAsync(TestBrowser browser, string code)
    {
        Assert.Equal(400, (int)browser.Response.StatusCode);
        Assert.True(browser.Page.QuerySelector("code")?.TextContent == code, browser.Text);
        await browser.GoAsync("/account");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }
}
