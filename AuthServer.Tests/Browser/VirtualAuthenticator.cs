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
}
