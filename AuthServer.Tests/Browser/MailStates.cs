using AuthServer.Accounts;
using AuthServer.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of forgotten passwords, addresses, sessions, and what an administrator sees of mail.</summary>
internal static class MailStates
{
    private const string Passphrase = "another good passphrase here";

    public static PageState[] All { get; } = [.. Forgotten(), .. Address(), .. Sessions(), .. Admin()];

    private static PageState[] Forgotten() =>
    [
        new("forgotten-password", "/forgotten-password", visit => visit.GoAsync("/forgotten-password")),
        new("forgotten-password-wrong", "/forgotten-password", visit => ForgetAsync(visit, "no address")),
        new("forgotten-password-asked", "/forgotten-password", visit => ForgetAsync(visit, "nobody@example.com")),
        new("forgotten-password-too-many", "/forgotten-password", async visit =>
        {
            for (var i = 0; i < 4; i++)
            {
                await ForgetAsync(visit, "nobody@example.com");
            }
        }, Strict: true),
        new("reset-password", "/reset-password", async visit => await visit.GoAsync(await LinkAsync(visit, await NewcomerAsync(visit)))),
        new("reset-password-wrong", "/reset-password", async visit =>
        {
            await visit.GoAsync(await LinkAsync(visit, await NewcomerAsync(visit)));
            await visit.Page.GetByLabel("New password").FillAsync("short");
            await visit.PressAsync("Set the password");
        }),
        new("reset-password-set", "/reset-password", async visit =>
        {
            await visit.GoAsync(await LinkAsync(visit, await NewcomerAsync(visit)));
            await visit.Page.GetByLabel("New password").FillAsync("yet another good passphrase");
            await visit.PressAsync("Set the password");
        }),
        new("reset-password-bad", "/reset-password", visit => visit.GoAsync("/reset-password?link=none-of-ours")),
    ];

    private static PageState[] Address() =>
    [
        new("address", "/account/address", async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync("/account/address");
        }),
        new("address-unconfirmed", "/account/address", async visit =>
        {
            await NewcomerAsync(visit);
            await visit.GoAsync("/account/address");
        }),
        new("address-long", "/account/address", async visit =>
        {
            await visit.SignInAsync(Site.Lengthy);
            await visit.GoAsync("/account/address");
        }),
        new("address-wrong", "/account/address", async visit =>
        {
            await visit.SignInAsync();
            await ChangeAsync(visit, "no address");
        }),
        new("address-asked", "/account/address", async visit =>
        {
            await NewcomerAsync(visit);
            await ChangeAsync(visit, $"{Guid.NewGuid():n}@example.com");
        }),
        new("confirm-address", "/confirm-address", async visit => await visit.GoAsync(await NewAddressAsync(visit, $"{Guid.NewGuid():n}@example.com"))),
        new("confirm-address-done", "/confirm-address", async visit =>
        {
            await visit.GoAsync(await NewAddressAsync(visit, $"{Guid.NewGuid():n}@example.com"));
            await visit.PressAsync("Use it");
        }),
        new("confirm-address-taken", "/confirm-address", async visit =>
        {
            await visit.GoAsync(await NewAddressAsync(visit, "nameless@example.com"));
            await visit.PressAsync("Use it");
        }),
        new("confirm-address-bad", "/confirm-address", visit => visit.GoAsync("/confirm-address?link=none-of-ours")),
    ];

    private static PageState[] Sessions() =>
    [
        new("sessions", "/account/sessions", async visit =>
        {
            var email = await NewcomerAsync(visit);
            for (var i = 0; i < 2; i++)
            {
                await using var elsewhere = await Visit.BeginAsync(visit.Chromium, visit.Site);
                await elsewhere.SignInAsync(email, Passphrase);
                visit.Site.Clock.Advance(TimeSpan.FromMilliseconds(5));
            }

            await visit.GoAsync("/account/sessions");
        }),
        new("sessions-one", "/account/sessions", async visit =>
        {
            await NewcomerAsync(visit);
            await visit.GoAsync("/account/sessions?ended=others");
        }),
    ];

    private static PageState[] Admin() =>
    [
        new("admin-mails", "/admin/mails", visit => AdminAsync(visit)),
        new("admin-mails-ask", "/admin/mails", async visit =>
        {
            await AdminAsync(visit);
            await visit.GoAsync(visit.Site.Issuer + await visit.Page.Locator("a:has-text('Read it…')").First.GetAttributeAsync("href"));
        }),
        new("admin-mails-opened", "/admin/mails", async visit =>
        {
            await AdminAsync(visit);
            await visit.GoAsync(visit.Site.Issuer + await visit.Page.Locator("a:has-text('Read it…')").First.GetAttributeAsync("href"));
            await visit.PressAsync("Read it");
        }),
    ];

    private static async Task ForgetAsync(Visit visit, string email)
    {
        await visit.GoAsync("/forgotten-password");
        await visit.Page.GetByLabel("E-mail address").FillAsync(email);
        await visit.PressAsync("Get a link");
    }

    private static async Task ChangeAsync(Visit visit, string email)
    {
        await visit.GoAsync("/account/address");
        await visit.Page.GetByLabel("New e-mail address").FillAsync(email);
        await visit.PressAsync("Change the address");
    }

    private static async Task<string> NewAddressAsync(Visit visit, string email)
    {
        await NewcomerAsync(visit);
        await ChangeAsync(visit, email);
        return await NewestLinkAsync(visit, email);
    }

    /// <summary>Somebody of their own, signed in; their address.</summary>
    private static async Task<string> NewcomerAsync(Visit visit)
    {
        var email = $"{Guid.NewGuid():n}@example.com";
        await PageStates.RegisterAsync(visit, email, "New Comer", Passphrase);
        return email;
    }

    private static async Task<string> LinkAsync(Visit visit, string email)
    {
        await ForgetAsync(visit, email);
        await visit.Site.Services.GetRequiredService<ForgottenPasswords>().FinishAsync(default);
        return await NewestLinkAsync(visit, email);
    }

    /// <summary>From the outbox, since these servers send no mail.</summary>
    private static async Task<string> NewestLinkAsync(Visit visit, string email)
    {
        var row = await visit.Site.QueryAsync(context => Task.FromResult(context.Mails.Where(mail => mail.Recipient == email).OrderByDescending(mail => mail.Id).First()));
        return visit.Site.Services.GetRequiredService<Mails>().Open(row.Id, row.Content!)!.Link!.Address;
    }

    private static async Task AdminAsync(Visit visit)
    {
        var email = await NewcomerAsync(visit);
        await LinkAsync(visit, email);
        await visit.Site.QueryAsync(context =>
        {
            context.Users.Single(user => user.Email == email).IsAdministrator = true;
            return context.SaveChangesAsync();
        });
        await visit.GoAsync("/admin/mails");
    }
}
