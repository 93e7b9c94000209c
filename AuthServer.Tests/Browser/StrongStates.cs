using AuthServer.Tests.Support;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of passkeys, authenticator apps, recovery codes and second steps.</summary>
internal static class StrongStates
{
    internal const string Passphrase = "another good passphrase here";

    public static PageState[] All { get; } = [.. App(), .. Codes(), .. Second(), .. Passkeys()];

    private static PageState[] App() =>
    [
        new("authenticator", "/account/authenticator", async visit =>
        {
            await NewcomerAsync(visit);
            await visit.GoAsync("/account/authenticator");
        }),
        new("authenticator-wrong", "/account/authenticator", async visit =>
        {
            await NewcomerAsync(visit);
            await visit.GoAsync("/account/authenticator");
            await CodeField(visit).FillAsync("12345");
            await visit.PressAsync("Set up");
        }),
        new("authenticator-done", "/account/authenticator", async visit => await EnrolAsync(visit)),
        new("authenticator-set", "/account/authenticator", async visit =>
        {
            await InAsync(visit);
            await visit.GoAsync("/account/authenticator");
        }),
        new("sign-ins-strong", "/account/sign-ins", async visit =>
        {
            await InAsync(visit);
            await visit.GoAsync("/account/sign-ins");
        }),
    ];

    private static PageState[] Codes() =>
    [
        new("recovery-codes-none", "/account/recovery-codes", async visit =>
        {
            await NewcomerAsync(visit);
            await visit.GoAsync("/account/recovery-codes");
        }),
        new("recovery-codes", "/account/recovery-codes", async visit =>
        {
            await InAsync(visit);
            await visit.GoAsync("/account/recovery-codes");
        }),
        new("recovery-codes-new", "/account/recovery-codes", async visit =>
        {
            await InAsync(visit);
            await visit.GoAsync("/account/recovery-codes");
            await visit.PressAsync("Make new codes");
        }),
    ];

    private static PageState[] Second() =>
    [
        new("second-step", "/sign-in/second-step", async visit => await HalfAsync(visit)),
        new("second-step-wrong", "/sign-in/second-step", async visit =>
        {
            await HalfAsync(visit);
            await CodeField(visit).FillAsync("12345");
            await visit.PressAsync("Continue");
        }),
        new("second-step-too-many", "/sign-in/second-step", async visit =>
        {
            var app = await HalfAsync(visit);
            for (var i = 0; i < 6; i++)
            {
                await CodeField(visit).FillAsync(app.Wrong());
                await visit.PressAsync("Continue");
            }
        }),
        new("second-step-passkey-only", "/sign-in/second-step", async visit =>
        {
            var device = await VirtualAuthenticator.AddAsync(visit.Page);
            var email = await NewcomerAsync(visit);
            await AddAsync(visit, "Phone");

            // Or it would sign them in by itself.
            await device.SendAsync("WebAuthn.disable");
            await visit.Page.Context.ClearCookiesAsync();
            await visit.GoAsync("/sign-in?again=passkeys");
            await visit.SignInAsync(email, Passphrase);
        }),
        new("second-step-none", "/sign-in/second-step", visit => visit.GoAsync("/sign-in/second-step")),
    ];

    private static PageState[] Passkeys() =>
    [
        new("passkey-sign-in", "/sign-in/passkey", visit => visit.GoAsync("/sign-in/passkey")),
        new("passkeys-none", "/account/passkeys", async visit =>
        {
            await NewcomerAsync(visit);
            await visit.GoAsync("/account/passkeys");
        }),
        new("passkeys", "/account/passkeys", async visit =>
        {
            await VirtualAuthenticator.AddAsync(visit.Page);
            await NewcomerAsync(visit);
            await AddAsync(visit, "Phone");
            await visit.Page.GetByText("Rename or remove").ClickAsync();
        }),
        new("sign-ins-remove-password", "/account/sign-ins", async visit =>
        {
            await VirtualAuthenticator.AddAsync(visit.Page);
            await NewcomerAsync(visit);
            await AddAsync(visit, PageStates.Long[..60]);
            await visit.GoAsync("/account/sign-ins?ask=password");
        }),
        new("passkeys-failed", "/account/passkeys", async visit =>
        {
            await VirtualAuthenticator.AddAsync(visit.Page);
            await NewcomerAsync(visit);
            await AddAsync(visit, PageStates.Long[..60]);

            // The same device has one already.
            await visit.PressAsync("Add a passkey");
            await visit.Page.GetByText("No passkey was made").WaitForAsync();
        }),
    ];

    internal static ILocator CodeField(Visit visit) => visit.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = visit.Said("Code"), Exact = true });

    internal static async Task AddAsync(Visit visit, string name)
    {
        await visit.GoAsync("/account/passkeys");
        await visit.Page.GetByLabel("Name").FillAsync(name);
        await visit.PressAsync("Add a passkey");
        await visit.ArriveAsync("*/account/passkeys?done=added");
    }

    /// <summary>Somebody of their own, signed in; their address.</summary>
    internal static async Task<string> NewcomerAsync(Visit visit)
    {
        var email = $"{Guid.NewGuid():n}@example.com";
        await PageStates.RegisterAsync(visit, email, "New Comer", Passphrase);
        return email;
    }

    internal static async Task<(string Email, TestAuthenticator App)> EnrolAsync(Visit visit)
    {
        var email = await NewcomerAsync(visit);
        await visit.GoAsync("/account/authenticator");
        var app = new TestAuthenticator((await visit.Page.Locator(".block code").TextContentAsync())!, visit.Site.Clock);
        await CodeField(visit).FillAsync(app.Code());
        await visit.PressAsync("Set up");
        return (email, app);
    }

    /// <summary>Somebody who has done the first step.</summary>
    private static async Task<TestAuthenticator> HalfAsync(Visit visit)
    {
        var (email, app) = await EnrolAsync(visit);
        await visit.Page.Context.ClearCookiesAsync();
        await visit.GoAsync("/sign-in");
        await visit.SignInAsync(email, Passphrase);
        return app;
    }

    /// <summary>Somebody who has done both.</summary>
    private static async Task InAsync(Visit visit)
    {
        var app = await HalfAsync(visit);
        await CodeField(visit).FillAsync(app.Code(1));
        await visit.PressAsync("Continue");
    }
}
