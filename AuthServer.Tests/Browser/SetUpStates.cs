using AuthServer.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The set-up of a server where nobody is yet.</summary>
internal static class SetUpStates
{
    private const string Route = "/setup";
    private const string Sentence = "seventeen purple umbrellas sing";

    public static PageState[] All { get; } =
    [
        new("setup-account", Route, visit => visit.GoAsync(Link(visit))) { Empty = true },
        new("setup-account-wrong", Route, async visit =>
        {
            await visit.GoAsync(Link(visit));
            await visit.Page.GetByLabel("E-mail address").FillAsync("no address");
            await visit.PressAsync("Go on with the password");
        }) { Empty = true },
        new("setup-account-others-first", Route, async visit =>
        {
            await visit.GoAsync("/register");
            await visit.Page.GetByLabel("E-mail address").FillAsync("early@example.com");
            await visit.Page.GetByLabel("Password").FillAsync(Sentence);
            await visit.PressAsync("Create account");
            await visit.GoAsync(Link(visit));
        }) { Empty = true },
        new("setup-elsewhere", Route, visit => visit.GoAsync(Link(visit).Replace("localhost", "127.0.0.1", StringComparison.Ordinal))) { Empty = true },
        new("setup-no-link", Route, visit => visit.GoAsync(Route)) { Empty = true },
        new("setup-used-link", Route, visit => visit.GoAsync("/setup?invitation=used")),
        new("setup-address", Route, async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/setup?step=issuer");
        }) { Empty = true },
        new("setup-mail", Route, async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/setup?step=mail");
        }) { Empty = true },
        new("setup-organization", Route, RegisterAsync) { Empty = true },
        new("setup-organization-wrong", Route, async visit =>
        {
            await RegisterAsync(visit);
            await visit.PressAsync("Make the organization");
        }) { Empty = true },
        new("setup-kept", Route, async visit =>
        {
            await RegisterAsync(visit);
            await visit.Page.GetByLabel("What is it called?").FillAsync("Acme");
            await visit.Page.Context.ClearCookiesAsync(new() { Name = "session" });
            await visit.PressAsync("Make the organization");
            await visit.FollowAsync("Sign in");
            await visit.SignInAsync("root@example.com", Sentence);
            await visit.Page.GetByText("What you typed is kept").WaitForAsync();
        }) { Empty = true },
        new("setup-agent", Route, OrganizationAsync) { Empty = true },
        new("setup-token", Route, AgentAsync) { Empty = true },
        new("setup-over", Route, async visit =>
        {
            await AgentAsync(visit);
            await visit.GoAsync(Route);
        }) { Empty = true },
        new("home-setup-left", "/", async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/");
        }) { Empty = true },
    ];

    private static string Link(Visit visit) => visit.Site.Services.GetRequiredService<FirstStart>().SetUpLink!;

    private static async Task RegisterAsync(Visit visit)
    {
        await visit.GoAsync(Link(visit));
        await visit.Page.GetByLabel("Your name").FillAsync("Root");
        await visit.Page.GetByLabel("E-mail address").FillAsync("root@example.com");
        await visit.Page.GetByLabel("Password").FillAsync(Sentence);
        await visit.PressAsync("Go on with the password");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make the organization" }).WaitForAsync();
    }

    private static async Task OrganizationAsync(Visit visit)
    {
        await RegisterAsync(visit);
        await visit.Page.GetByLabel("What is it called?").FillAsync(Site.LongName);
        await visit.PressAsync("Make the organization");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make the agent" }).WaitForAsync();
    }

    private static async Task AgentAsync(Visit visit)
    {
        await OrganizationAsync(visit);
        await visit.Page.GetByLabel("What is it called?").FillAsync("Mail sorter");
        await visit.Page.GetByLabel("See your profile here").CheckAsync();
        await visit.PressAsync("Make the agent");
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "has its first token" }).WaitForAsync();
    }
}
