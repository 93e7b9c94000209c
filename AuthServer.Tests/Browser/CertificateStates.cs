using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of certificates and of keys of providers.</summary>
internal static class CertificateStates
{
    private const string Certificates = "/developer/certificates";
    private const string Keys = "/developer/provider-keys";
    private const string Own = "/developer/keys";

    public static PageState[] All { get; } =
    [
        new("certificates", Certificates, async visit => await CertificateAsync(visit, "Build server")),
        new("certificates-long", Certificates, async visit => await CertificateAsync(visit, PageStates.Long)),
        new("certificates-empty", Certificates, async visit => await OpenAsync(visit, Certificates)),
        new("certificates-wrong", Certificates, async visit =>
        {
            await OpenAsync(visit, Certificates);
            await visit.PressAsync("Make it");
        }),
        new("certificate-made", Certificates, async visit =>
        {
            await OpenAsync(visit, Certificates);
            await visit.Page.Locator("#name").FillAsync("Build server");
            await visit.PressAsync("Make it");
        }),
        new("certificate-revoke", Certificates, async visit =>
        {
            await CertificateAsync(visit, "Build server");
            await visit.Page.Locator("a[href*='ask=revoke']").ClickAsync();
        }),
        new("developer-keys", Own, async visit => await OpenAsync(visit, Own)),
        new("developer-keys-wrong", Own, async visit =>
        {
            await OpenAsync(visit, Own);
            await visit.Page.Locator("main details summary").ClickAsync();
            await visit.PressAsync("Make the key");
        }),
        new("developer-key-made", Own, async visit =>
        {
            await OpenAsync(visit, Own);
            await visit.Page.Locator("main details summary").ClickAsync();
            await visit.Page.Locator("#name").FillAsync("Build server");
            await visit.PressAsync("Make the key");
        }),
        new("developer-keys-ended", Own, async visit =>
        {
            await OpenAsync(visit, Own);
            await visit.Page.Locator("tbody a").First.ClickAsync();
            await visit.PressAsync("Revoke it");
        }),
        new("provider-keys", Keys, async visit =>
        {
            await KeyAsync(visit);
            await visit.FollowAsync("All provider keys");
        }),
        new("provider-keys-new", Keys, async visit => await OpenAsync(visit, Keys + "?provider=twilio")),
        new("provider-keys-set", Keys, async visit => await KeyAsync(visit)),
        new("provider-keys-delete", Keys, async visit =>
        {
            await KeyAsync(visit);
            await visit.GoAsync(Keys + "?ask=delete&provider=openai");
        }),
        new("provider-keys-deleted", Keys, async visit =>
        {
            await KeyAsync(visit);
            await visit.GoAsync(Keys + "?ask=delete&provider=openai");
            await visit.PressAsync("Delete it");
            await visit.FollowAsync("OpenAI");
        }),
    ];

    private static async Task OpenAsync(Visit visit, string page)
    {
        await visit.SignInAsync((await visit.Site.OrganizationAsync()).Owner, Rest.Password);
        await visit.GoAsync(page);
    }

    private static async Task CertificateAsync(Visit visit, string name)
    {
        await OpenAsync(visit, Certificates);
        await visit.Page.Locator("#name").FillAsync(name);
        await visit.PressAsync("Make it");
        await visit.FollowAsync("I have kept it");
    }

    private static async Task KeyAsync(Visit visit)
    {
        await OpenAsync(visit, Keys);
        await visit.FollowAsync("OpenAI");
        await visit.Page.Locator("#openaiapikey").FillAsync("sk-abcdefghijklmnopqrstuvwxyz012345");
        await visit.Page.Locator("button[value=save]").ClickAsync();
    }
}
