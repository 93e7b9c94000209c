namespace AuthServer.Tests.Browser;

/// <summary>What people are asked to agree to, by applications and by agents, and what they answer for.</summary>
internal static class ConsentStates
{
    private const string Everything = "openid profile email address phone offline_access calendar.read calendar.write";
    private const string LongScopes = "openid profile calendar.read a-scope-that-nobody-described:and-that-has-a-very-long-name-without-any-space";
    private const string Resource = "&resource=https%3A%2F%2Fapi.calendar.example";
    private const string LongResource = "&resource=https%3A%2F%2Ffiles.example%2Fa%2Fvery%2Flong%2Fpath%2Fto%2Fa%2Fresource%2Fthat%2Fgoes%2Fon%2Fand%2Fon%2Fand%2Fon%2Fand%2Fon";

    public static PageState[] All { get; } =
    [
        .. Consent(),
        .. FormPost(),
        .. Claim(),
        .. Agents(),
    ];

    private static PageState[] Consent() =>
    [
        new("consent", "/consent", visit => AskAsync(visit, "calendar", "openid profile email", Site.Ada)),
        new("consent-everything", "/consent", visit => AskAsync(visit, "calendar", Everything, Site.Ada, Resource)),
        new("consent-not-assured", "/consent", visit => AskAsync(visit, "notes-cli", "openid profile offline_access", Site.Ada)),
        new("consent-long", "/consent", visit => AskAsync(visit, "long", LongScopes, Site.Lengthy, LongResource)),
        new("consent-registered-itself", "/consent", async visit => await AskAsync(visit, await visit.Site.RegisteredAsync("Pocket Editor"))),
        new("consent-published", "/consent", visit => AskAsync(visit, visit.Site.Published("Pocket Editor"))),
        new("consent-registered-itself-long", "/consent", async visit => await AskAsync(visit, await visit.Site.RegisteredAsync(PageStates.Long))),
        new("consent-nameless-person", "/consent", visit => AskAsync(visit, "calendar", "openid", "nameless@example.com")),
        new("consent-nothing-ticked", "/consent", async visit =>
        {
            await AskAsync(visit, "machine-like", "calendar.read calendar.write", Site.Ada);
            await visit.Page.GetByLabel("See your calendar").UncheckAsync();
            await visit.Page.GetByLabel("Change your calendar").UncheckAsync();
            await visit.PressAsync("Allow");
        }),
    ];

    private static PageState[] FormPost() =>
    [
        new("form-post", "/connect/authorize", async visit =>
        {
            await visit.Page.RouteAsync("**/form-post.js", route => route.AbortAsync());
            await AskAsync(visit, "calendar", "openid", Site.Ada, "&response_mode=form_post");
            await visit.PressAsync("Allow");
        }),
    ];

    private static PageState[] Claim() =>
    [
        new("claim", "/claim", visit => ClaimAsync(visit, "my-pipeline")),
        new("claim-long", "/claim", visit => ClaimAsync(visit, PageStates.Long)),
        new("claim-wrong", "/claim", async visit =>
        {
            await ClaimAsync(visit, "my-pipeline");
            await visit.Page.GetByLabel("Name of a new organization").FillAsync("");
            await visit.Page.GetByLabel("What the agent is called").FillAsync("");
            await visit.PressAsync("Yes, I answer for it");
        }),
        new("claim-done", "/claim", async visit =>
        {
            await ClaimAsync(visit, "my-pipeline");
            await visit.PressAsync("Yes, I answer for it");
        }),
        new("claim-denied", "/claim", async visit =>
        {
            await ClaimAsync(visit, "my-pipeline");
            await visit.PressAsync("No, it is not mine");
        }),
        new("claim-bad", "/claim", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/claim?claim=none-of-ours");
        }),
    ];

    private static PageState[] Agents() =>
    [
        new("consent-agent", "/consent", visit => DecideAsync(visit, "SmartMail", ["profile:read", "email:read", "email:send", "files:delete"])),
        new("consent-agent-required", "/consent", visit => DecideAsync(visit, "SmartMail", ["email:read", "email:send"], "email:read")),
        new("consent-agent-long", "/consent", visit => DecideAsync(visit, PageStates.Long, ["email:read"])),
        new("sign-in-to-allow-harm", "/sign-in", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            visit.Site.Clock.Advance(TimeSpan.FromMinutes(6));
            await visit.GoAsync(await (await visit.Site.AgentAsync()).AskAsync(["files:delete"]));
        }),
    ];

    private static async Task AskAsync(Visit visit, string request)
    {
        await visit.GoAsync(request);
        await visit.SignInAsync();
    }

    private static async Task AskAsync(Visit visit, string client, string scope, string email, string more = "")
    {
        await visit.GoAsync(visit.Site.Authorize(client, scope, more + "&prompt=consent"));
        await visit.SignInAsync(email);
    }

    internal static async Task ClaimAsync(Visit visit, string name)
    {
        await PageStates.RegisterAsync(visit);
        await visit.GoAsync(await visit.Site.ClaimLinkAsync(name + " " + Guid.NewGuid().ToString("N")[..6]));
    }

    internal static async Task DecideAsync(Visit visit, string agent, string[] scopes, params string[] required)
    {
        await PageStates.RegisterAsync(visit);
        await visit.GoAsync(await (await visit.Site.AgentAsync(agent)).AskAsync(scopes, required));
    }
}
