using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The system's Chromium, started once, and the servers that the pages are looked at on.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--force-color-profile=srgb", "--hide-scrollbars",

        // Clients of the tests are only names: that a browser goes to them is all that matters, and nothing leaves this machine.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",

        // Nor does it try again by itself, which would carry a code to the client twice.
        "--disable-auto-reload",
    ];

    // The shell is the same engine without a window around each page, and does the same work in half the time.
    private static readonly string Executable = File.Exists("/usr/bin/chromium-headless-shell") ? "/usr/bin/chromium-headless-shell" : "/usr/bin/chromium";

    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = null!;

    /// <summary>Everybody may register, and nothing is limited.</summary>
    public Site Open { get; private set; } = null!;

    /// <summary>By invitation only, and every limit is low.</summary>
    public Site Strict { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(60_000);
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,

            // Chromium's own sandbox does not work for root, which is who runs tests in a container.
            Args = Environment.UserName == "root" ? [.. Arguments, "--no-sandbox"] : Arguments,
        });
        Open = await Site.StartAsync();
        Strict = await Site.StartAsync(
            ("AuthServer:SignUp:People", "Invite"),
            ("AuthServer:RateLimits:SignIn", "2"),
            ("AuthServer:RateLimits:PerAddress", "3"));
    }

    public async Task DisposeAsync()
    {
        await Open.DisposeAsync();
        await Strict.DisposeAsync();
        await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
