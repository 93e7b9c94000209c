using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>Every page in every state: what axe checks, and what screenshots are made of.</summary>
public static class PageStates
{
    private const string Everything = "openid profile email address phone offline_access calendar.read calendar.write";
    private const string LongScopes = "openid profile calendar.read a-scope-that-nobody-described:and-that-has-a-very-long-name-without-any-space";
    internal const string Long = "Çelik & Überlänge مفكرة Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft <b>Ltd</b>";
    private const string Resource = "&resource=https%3A%2F%2Fapi.calendar.example";
    private const string LongResource = "&resource=https%3A%2F%2Ffiles.example%2Fa%2Fvery%2Flong%2Fpath%2Fto%2Fa%2Fresource%2Fthat%2Fgoes%2Fon%2Fand%2Fon%2Fand%2Fon%2Fand%2Fon";

    public static IReadOnlyList<PageState> All { get; } =
    [
        .. Home(),
        .. Connect(),
        .. SignIn(),
        .. Register(),
        .. SelectAccount(),
        .. Consent(),
        .. FormPost(),
        .. SignOut(),
        .. Account(),
        .. Errors(),
        .. Join(),
        .. Claim(),
        .. Agents(),
        .. Removal(),
        new("language", "/language", visit => visit.GoAsync("/language")),
        .. AccountStates.All,
        .. AdminStates.All,
        .. AgentStates.All,
        .. ApplicationStates.All,
        .. ApprovalStates.All,
        .. BrandStates.All,
        .. CertificateStates.All,
        .. ConnectionStates.All,
        .. DelegationStates.All,
        .. DocumentStates.All,
        .. ExternalStates.All,
        .. MailStates.All,
        .. MonitoringStates.All,
        .. OrganizationStates.All,
        .. PersonConnectionStates.All,
        .. PolicyStates.States,
        .. ProviderStates.All,
        .. SetUpStates.All,
        .. StrongStates.All,
        .. TryItStates.All,
        .. WebhookStates.All,
    ];

    private static PageState[] Home() =>
    [
        new("design", "/design", visit => visit.GoAsync("/design")),
        new("home", "/", visit => visit.GoAsync("/")),
        new("home-invite-only", "/", visit => visit.GoAsync("/"), Strict: true),
        new("home-signed-in", "/", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/");
        }),
        new("home-signed-in-long", "/", async visit =>
        {
            await visit.SignInAsync(Site.Lengthy);
            await visit.GoAsync("/");
        }),
    ];

    private static PageState[] Connect() => [new("connect-agents", "/connect-agents", visit => visit.GoAsync("/connect-agents"))];

    private static PageState[] SignIn() =>
    [
        new("sign-in", "/sign-in", visit => visit.GoAsync("/sign-in")),
        new("sign-in-invite-only", "/sign-in", visit => visit.GoAsync("/sign-in"), Strict: true),
        new("sign-in-for-client", "/sign-in", visit => visit.GoAsync(visit.Site.Authorize("calendar", "openid", "&login_hint=ada%40example.com"))),
        new("sign-in-for-long-client", "/sign-in", visit => visit.GoAsync(visit.Site.Authorize("long", "openid"))),
        new("sign-in-empty", "/sign-in", visit => visit.SignInAsync("", "")),
        new("sign-in-wrong", "/sign-in", visit => visit.SignInAsync(Site.Ada, "not the password of ada")),
        new("sign-in-too-many", "/sign-in", async visit =>
        {
            for (var i = 0; i < 3; i++)
            {
                await visit.SignInAsync("nobody@example.com", "not a password of anybody");
            }
        }, Strict: true),
    ];

    private static PageState[] Register() =>
    [
        new("register", "/register", visit => visit.GoAsync("/register")),
        new("register-for-client", "/register", async visit =>
        {
            await visit.GoAsync(visit.Site.Authorize("calendar", "openid"));
            await visit.FollowAsync("Create an account");
        }),
        new("register-wrong", "/register", visit => RegisterAsync(visit, "no address", "", "short")),
        new("register-easy", "/register", visit => RegisterAsync(visit, "grace@example.com", "Grace Hopper", "Password1234!")),
        new("register-taken", "/register", visit => RegisterAsync(visit, Site.Ada, "Ada", "another good passphrase here")),
        new("register-invite-only", "/register", visit => visit.GoAsync("/register"), Strict: true),
        new("register-invitation-bad", "/register", visit => visit.GoAsync("/register?invitation=none-of-ours"), Strict: true),
        new("register-invited", "/register", visit => visit.GoAsync(visit.Site.Invitation("invited@example.com")), Strict: true),
        new("register-too-many", "/register", async visit =>
        {
            await visit.GoAsync(visit.Site.Invitation(Site.Ada));
            for (var i = 0; i < 4; i++)
            {
                await visit.Page.GetByLabel("Password").FillAsync("another good passphrase here");
                await visit.PressAsync("Create account");
            }
        }, Strict: true),
    ];

    private static PageState[] SelectAccount() =>
    [
        new("select-account", "/select-account", visit => SelectAsync(visit, "calendar", Site.Ada)),
        new("select-account-long", "/select-account", visit => SelectAsync(visit, "long", Site.Lengthy)),
    ];

    private static PageState[] Consent() =>
    [
        new("consent", "/consent", visit => AskAsync(visit, "calendar", "openid profile email", Site.Ada)),
        new("consent-everything", "/consent", visit => AskAsync(visit, "calendar", Everything, Site.Ada, Resource)),
        new("consent-not-assured", "/consent", visit => AskAsync(visit, "notes-cli", "openid profile offline_access", Site.Ada)),
        new("consent-long", "/consent", visit => AskAsync(visit, "long", LongScopes, Site.Lengthy, LongResource)),
        new("consent-registered-itself", "/consent", async visit => await AskAsync(visit, await visit.Site.RegisteredAsync("Pocket Editor"))),
        new("consent-published", "/consent", visit => AskAsync(visit, visit.Site.Published("Pocket Editor"))),
        new("consent-registered-itself-long", "/consent", async visit => await AskAsync(visit, await visit.Site.RegisteredAsync(Long))),
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

    private static PageState[] SignOut() =>
    [
        new("sign-out", "/sign-out", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/sign-out");
        }),
        new("sign-out-for-client", "/sign-out", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/connect/endsession?client_id=calendar&post_logout_redirect_uri=https%3A%2F%2Fcalendar.example%2Fbye&state=s");
        }),
        new("sign-out-refused", "/error", visit => visit.GoAsync("/connect/endsession?client_id=calendar&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F")),
        new("signed-out", "/signed-out", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/sign-out");
            await visit.PressAsync("Sign out");
        }),
    ];

    private static PageState[] Account() =>
    [
        new("account", "/account", visit => visit.SignInAsync()),
        new("account-long", "/account", visit => visit.SignInAsync(Site.Lengthy)),
        new("account-nameless", "/account", visit => visit.SignInAsync("nameless@example.com")),
        new("password", "/account/password", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/account/password");
        }),
        new("password-empty", "/account/password", visit => ChangeAsync(visit, Site.Ada, "", "")),
        new("password-wrong", "/account/password", visit => ChangeAsync(visit, Site.Ada, "not the password of ada", "another good passphrase here")),
        new("password-short", "/account/password", visit => ChangeAsync(visit, Site.Ada, Site.Password, "short")),
        new("password-changed", "/account", async visit =>
        {
            // Somebody of its own: the others' password must stay.
            var email = $"{Guid.NewGuid():n}@example.com";
            await RegisterAsync(visit, email, "Changing", "another good passphrase here");
            await visit.GoAsync("/account/password");
            await FillChangeAsync(visit, "another good passphrase here", "yet another good passphrase");
        }),
    ];

    private static PageState[] Errors() =>
    [
        new("error-not-found", "/error", visit => visit.GoAsync("/no/such/page")),
        new("error-expired", "/error", visit => visit.GoAsync("/consent?request_id=gone")),
        new("error-unknown-client", "/error", visit => visit.GoAsync("/connect/authorize?client_id=nobody&response_type=code")),
        new("error-too-many", "/error", async visit =>
        {
            for (var i = 0; i < 5; i++)
            {
                await visit.GoAsync("/connect/authorize?client_id=nobody&response_type=code");
            }
        }, Strict: true),
        new("error-stale-form", "/error", async visit =>
        {
            await visit.GoAsync("/sign-in");
            await visit.Page.Context.ClearCookiesAsync();
            await visit.SignInAsync();
        }),
    ];

    private static PageState[] Join() =>
    [
        new("join", "/join", visit => JoinAsync(visit, "Acme & Sons")),
        new("join-long", "/join", visit => JoinAsync(visit, Site.LongName)),
        new("join-done", "/join", async visit =>
        {
            await JoinAsync(visit, "Acme & Sons");
            await visit.PressAsync("Join");
        }),
        new("join-bad", "/join", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/join?join=none-of-ours");
        }),
        new("register-to-join", "/register", async visit => await visit.GoAsync(await visit.Site.JoinLinkAsync("Acme & Sons", "guest@example.com"))),
    ];

    private static PageState[] Claim() =>
    [
        new("claim", "/claim", visit => ClaimAsync(visit, "my-pipeline")),
        new("claim-long", "/claim", visit => ClaimAsync(visit, Long)),
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
        new("dashboard-owner", "/dashboard", async visit =>
        {
            await ClaimAsync(visit, "my-pipeline");
            await visit.PressAsync("Yes, I answer for it");
            await visit.GoAsync("/dashboard");
        }),
    ];

    private static async Task ClaimAsync(Visit visit, string name)
    {
        await RegisterAsync(visit);
        await visit.GoAsync(await visit.Site.ClaimLinkAsync(name + " " + Guid.NewGuid().ToString("N")[..6]));
    }

    private static PageState[] Agents() =>
    [
        new("consent-agent", "/consent", visit => DecideAsync(visit, "SmartMail", ["profile:read", "email:read", "email:send", "files:delete"])),
        new("consent-agent-required", "/consent", visit => DecideAsync(visit, "SmartMail", ["email:read", "email:send"], "email:read")),
        new("consent-agent-long", "/consent", visit => DecideAsync(visit, Long, ["email:read"])),
        new("sign-in-to-allow-harm", "/sign-in", async visit =>
        {
            await RegisterAsync(visit);
            visit.Site.Clock.Advance(TimeSpan.FromMinutes(6));
            await visit.GoAsync(await (await visit.Site.AgentAsync()).AskAsync(["files:delete"]));
        }),
        new("dashboard-empty", "/dashboard", async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/dashboard");
        }),
        new("dashboard", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard");
        }),
        new("dashboard-stopped", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop it" }).First.ClickAsync();
        }),
        new("dashboard-stop-all", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard?stop=all");
        }),
        new("dashboard-stopped-all", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard?stop=all");
            await visit.PressAsync("Stop everything");
        }),
        new("dashboard-asked", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/account");
            var person = await visit.Page.Locator("dd code").First.TextContentAsync();
            await (await visit.Site.AgentAsync(Long)).AskPersonAsync(person!, ["profile:read", "files:delete"]);
            await visit.GoAsync("/dashboard");
        }),
        new("activity", "/dashboard/activity", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard/activity");
        }),
        new("activity-of-agent", "/dashboard/activity", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard");
            await visit.Page.GetByRole(AriaRole.Link, new() { Name = "What it did" }).First.ClickAsync();
        }),
        new("activity-empty", "/dashboard/activity", async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/dashboard/activity?agent=" + (await visit.Site.AgentAsync()).Id);
        }),
    ];

    private static PageState[] Removal() =>
    [
        new("remove-account", "/account/remove", async visit =>
        {
            await RegisterAsync(visit);
            await visit.GoAsync("/account/remove");
        }),
        new("remove-account-wrong", "/account/remove", visit => RemoveAsync(visit, "not the password")),
        new("remove-account-done", "/account/remove", visit => RemoveAsync(visit, "another good passphrase here")),
    ];

    private static async Task RemoveAsync(Visit visit, string password)
    {
        await RegisterAsync(visit);
        await visit.GoAsync("/account/remove");
        await visit.Page.GetByLabel("Your password").FillAsync(password);
        await visit.PressAsync("Remove my account");
    }

    private static async Task DecideAsync(Visit visit, string agent, string[] scopes, params string[] required)
    {
        await RegisterAsync(visit);
        await visit.GoAsync(await (await visit.Site.AgentAsync(agent)).AskAsync(scopes, required));
    }

    /// <summary>An agent that has acted and was refused once, and one that has done nothing.</summary>
    private static async Task AllowTwoAsync(Visit visit)
    {
        await DecideAsync(visit, "Filer", ["profile:read", "files:delete"]);
        await visit.PressAsync("Allow");
        await visit.AnswerAsync();
        var agent = await visit.Site.AgentAsync();
        await visit.GoAsync(await agent.AskAsync(["email:read", "email:send"]));
        await visit.PressAsync("Allow");
        var tokens = await agent.ExchangeAsync((await visit.AnswerAsync()).Url);
        await agent.MayAsync(tokens, "email:send");
        await agent.MayAsync(tokens, "files:delete");
    }

    /// <summary>Somebody new, signed in.</summary>
    internal static Task RegisterAsync(Visit visit) => RegisterAsync(visit, $"{Guid.NewGuid():n}@example.com", "New Comer", "another good passphrase here");

    private static async Task JoinAsync(Visit visit, string organization)
    {
        // Somebody of its own: who has joined cannot join again.
        var email = $"{Guid.NewGuid():n}@example.com";
        await RegisterAsync(visit, email, "Joining", "another good passphrase here");
        await visit.GoAsync(await visit.Site.JoinLinkAsync(organization, email));
    }

    internal static async Task RegisterAsync(Visit visit, string email, string name, string password)
    {
        await visit.GoAsync("/register");
        await visit.Page.GetByLabel("E-mail address").FillAsync(email);
        await visit.Page.GetByLabel("Name").FillAsync(name);
        await visit.Page.GetByLabel("Password").FillAsync(password);
        await visit.PressAsync("Create account");
    }

    private static async Task SelectAsync(Visit visit, string client, string email)
    {
        await visit.SignInAsync(email);
        await visit.GoAsync(visit.Site.Authorize(client, "openid", "&prompt=select_account"));
    }

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

    private static async Task ChangeAsync(Visit visit, string email, string present, string wanted)
    {
        await visit.SignInAsync(email);
        await visit.GoAsync("/account/password");
        await FillChangeAsync(visit, present, wanted);
    }

    private static async Task FillChangeAsync(Visit visit, string present, string wanted)
    {
        await visit.Page.GetByLabel("Present password").FillAsync(present);
        await visit.Page.GetByLabel("New password").FillAsync(wanted);
        await visit.PressAsync("Change password");
    }
}
