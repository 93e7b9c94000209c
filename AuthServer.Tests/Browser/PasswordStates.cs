using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>A person’s account, its password and its end.</summary>
internal static class PasswordStates
{
    public static PageState[] All { get; } =
    [
        .. Account(),
        .. Removal(),
    ];

    private static PageState[] Account() =>
    [
        new("account", "/account", visit => visit.SignInAsync()),
        new("account-long", "/account", visit => visit.SignInAsync(Site.Lengthy)),
        new("account-nameless", "/account", visit => visit.SignInAsync("nameless@example.com")),
        new("name", "/account/name", async visit =>
        {
            await visit.SignInAsync("nameless@example.com");
            await visit.GoAsync("/account/name");
        }),
        new("name-own", "/account/name", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync("/account/name");
        }),
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
            await PageStates.RegisterAsync(visit, email, "Changing", "another good passphrase here");
            await visit.GoAsync("/account/password");
            await FillChangeAsync(visit, "another good passphrase here", "yet another good passphrase");
        }),
    ];

    private static PageState[] Removal() =>
    [
        new("remove-account", "/account/remove", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync("/account/remove");
        }),
        new("remove-account-first", "/account/remove", async visit =>
        {
            var (_, _, owner) = await visit.Site.OrganizationAsync(PageStates.Long);
            await visit.SignInAsync(owner, Rest.Password);
            await visit.GoAsync("/account/remove");
        }),
        new("remove-account-wrong", "/account/remove", visit => RemoveAsync(visit, "not the password")),
        new("remove-account-done", "/account/remove", visit => RemoveAsync(visit, "another good passphrase here")),
    ];

    private static async Task RemoveAsync(Visit visit, string password)
    {
        await PageStates.RegisterAsync(visit);
        await visit.GoAsync("/account/remove");
        await visit.Page.GetByLabel("Your password").FillAsync(password);
        await visit.PressAsync("Remove my account");
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
