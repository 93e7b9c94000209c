using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Browser;

/// <summary>Signing in, registering, joining and signing out, from the first page on.</summary>
internal static class SigningInStates
{
    public static PageState[] All { get; } =
    [
        .. Home(),
        .. SignIn(),
        .. Register(),
        .. SelectAccount(),
        .. SignOut(),
        .. Join(),
    ];

    private static PageState[] Home() =>
    [
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
        new("register-wrong", "/register", visit => PageStates.RegisterAsync(visit, "no address", "", "short")),
        new("register-easy", "/register", visit => PageStates.RegisterAsync(visit, "grace@example.com", "Grace Hopper", "Password1234!")),
        new("register-taken", "/register", visit => PageStates.RegisterAsync(visit, Site.Ada, "Ada", "another good passphrase here")),
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
        new("join-suspended", "/join", async visit =>
        {
            await JoinAsync(visit, Site.LongName);
            await SuspendAsync(visit);
            await visit.PressAsync("Join");
        }),
        new("register-to-join", "/register", async visit => await visit.GoAsync(await visit.Site.JoinLinkAsync("Acme & Sons", "guest@example.com"))),
        new("register-to-join-suspended", "/register", async visit =>
        {
            var link = await visit.Site.JoinLinkAsync("Acme & Sons", "guest@example.com");
            await SuspendAsync(visit);
            await visit.GoAsync(link);
        }),
    ];

    /// <summary>Stops the organization that was made last.</summary>
    private static Task<int> SuspendAsync(Visit visit) => visit.Site.QueryAsync(async context =>
    {
        var newest = await context.OrganizationInvitations.OrderByDescending(row => row.Id).Select(row => row.OrganizationId).FirstAsync();
        return await context.Organizations.Where(row => row.Id == newest).ExecuteUpdateAsync(set => set.SetProperty(row => row.SuspendedAt, visit.Site.Clock.Now));
    });

    private static async Task JoinAsync(Visit visit, string organization)
    {
        // Somebody of its own: who has joined cannot join again.
        var email = $"{Guid.NewGuid():n}@example.com";
        await PageStates.RegisterAsync(visit, email, "Joining", "another good passphrase here");
        await visit.GoAsync(await visit.Site.JoinLinkAsync(organization, email));
    }

    private static async Task SelectAsync(Visit visit, string client, string email)
    {
        await visit.SignInAsync(email);
        await visit.GoAsync(visit.Site.Authorize(client, "openid", "&prompt=select_account"));
    }
}
