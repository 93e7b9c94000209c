using System.Text.Json.Nodes;

namespace AuthServer.Tests.Browser;

/// <summary>The pages by which people sign in by other providers.</summary>
internal static class ExternalStates
{
    public static PageState[] All { get; } =
    [
        new("external", "/sign-in/external/{provider}", async visit =>
        {
            // The page goes on by itself: here nobody answers.
            await visit.Page.RouteAsync("**/authorize?*", route => route.AbortAsync("aborted"));
            await visit.GoAsync("/sign-in");
            await visit.PressAsync("Continue with " + Site.OpenIdName);
            await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Go on to " + Site.OpenIdName }).WaitForAsync();
        }),
        new("external-refused", "/sign-in/external/{provider}/callback", visit => visit.GoAsync("/sign-in/external/acme/callback?code=x&state=y")),
        new("link-nobody", "/link", visit => ArriveAsync(visit, Person("grace", "grace@elsewhere.example", true, "Grace Hopper"))),
        new("link-nobody-not-vouched", "/link", visit => ArriveAsync(visit, Person("grace", "grace@elsewhere.example", false, "Grace Hopper"))),
        new("link-nobody-long", "/link", visit => ArriveAsync(visit, Person("long", Site.Lengthy, true, Site.LongName))),
        new("link-nobody-taken", "/link", async visit =>
        {
            await ArriveAsync(visit, Person("taken", Site.Ada, true, "Ada"));
            await visit.PressAsync("Create account");
        }),
        new("link", "/link", async visit =>
        {
            await visit.SignInAsync();
            await LinkAsync(visit, Person($"link-{Guid.NewGuid():N}", "countess@elsewhere.example", true, "Ada"));
        }),
        new("link-keep", "/link", async visit =>
        {
            await visit.Site.KeepAsync();
            await visit.SignInAsync();
            await LinkAsync(visit, Person($"keep-{Guid.NewGuid():N}", "countess@elsewhere.example", true, "Ada"));
            await visit.Page.GetByText("Access that may be kept").WaitForAsync();
        }),
        new("link-expired", "/link", visit => visit.GoAsync("/link?link=none-of-ours")),
        new("sign-ins", "/account/sign-ins", async visit =>
        {
            await visit.SignInAsync();
            await LinkAsync(visit, Person($"sub-{Guid.NewGuid():N}", Site.Lengthy, true, "Ada"));
            await visit.PressAsync("Link it");
        }),
        new("sign-ins-old", "/account/sign-ins", async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/account/sign-ins");
        }),
        new("sign-ins-last", "/account/sign-ins", async visit =>
        {
            await RegisterAsync(visit, visit.Site.Clock.Now);
            await visit.GoAsync("/account/sign-ins");
            await visit.Page.GetByText("Unlink").First.ClickAsync();
            await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Unlink" }).ClickAsync();
            await visit.Page.GetByText("only way in").WaitForAsync();
        }),
        new("password-first", "/account/password", async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/account/password");
        }),
        new("sign-in-again", "/sign-in", async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/sign-in?again=sign-ins");
        }),
    ];

    private static JsonObject Person(string subject, string email, bool verified, string name) =>
        new() { ["sub"] = subject, ["email"] = email, ["email_verified"] = verified, ["name"] = name };

    private static async Task ArriveAsync(Visit visit, JsonObject person)
    {
        visit.Site.OpenId.Claims = person;
        await visit.GoAsync("/sign-in");
        await visit.PressAsync("Continue with " + Site.OpenIdName);
        await visit.ArriveAsync("*/link?*");
    }

    private static async Task LinkAsync(Visit visit, JsonObject person)
    {
        visit.Site.OpenId.Claims = person;
        await visit.GoAsync("/account/sign-ins");
        await visit.PressAsync("Add " + Site.OpenIdName);
        await visit.ArriveAsync("*/link?*");
    }

    private static async Task RegisterAsync(Visit visit, DateTimeOffset? signedInAt = null)
    {
        var person = Person($"sub-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com", true, "New Comer");
        if (signedInAt is { } at)
        {
            person["auth_time"] = at.ToUnixTimeSeconds();
        }

        await ArriveAsync(visit, person);
        await visit.PressAsync("Create account");
        await visit.ArriveAsync("*/account");
    }
}
