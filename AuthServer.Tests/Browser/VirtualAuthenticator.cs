using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>Chromium's own virtual authenticator (CDP's WebAuthn domain): a device that has a lock, whose person is there and agrees.</summary>
internal static class VirtualAuthenticator
{
    public static async Task<ICDPSession> AddAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return session;
    }

    /// <summary>Signs in once more, by the passkey, on the way to a page that asks for it.</summary>
    public static async Task SignInAgainAsync(Visit visit, string page)
    {
        await visit.GoAsync(page);
        await visit.Page.WaitForURLAsync("**/sign-in?**");
        if (visit.Page.Url.Contains("/sign-in", StringComparison.Ordinal))
        {
            await visit.PressAsync("Sign in with a passkey");
        }

        await visit.Page.WaitForURLAsync("**" + page);
    }
}
