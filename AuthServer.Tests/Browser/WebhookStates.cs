using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of webhooks: an organization's, and one with its log.</summary>
internal static class WebhookStates
{
    public static PageState[] All { get; } = [.. Organization(), .. One()];

    private static PageState[] Organization() =>
    [
        new("webhooks", "/developer/webhooks", async visit => await OpenAsync(visit, 200)),
        new("webhooks-gone", "/developer/webhooks", async visit => await OpenAsync(visit, 410)),
        new("webhooks-empty", "/developer/webhooks", async visit =>
        {
            await visit.SignInAsync((await visit.Site.ForestAsync()).Owner, Rest.Password);
            await visit.GoAsync("/developer/webhooks");
        }),
        new("webhooks-wrong", "/developer/webhooks", async visit =>
        {
            await OpenAsync(visit, 200);
            await visit.Page.GetByLabel("Address").FillAsync("http://10.0.0.1/");
            await visit.PressAsync("Make it");
        }),
        new("webhooks-made", "/developer/webhooks", async visit =>
        {
            await OpenAsync(visit, 200);
            await visit.Page.GetByLabel("Address").FillAsync("https://hooks.example/deployments");
            await visit.Page.Locator("summary", new() { HasText = "Agents" }).ClickAsync();
            await visit.Page.GetByLabel("agent.created").CheckAsync();
            await visit.PressAsync("Make it");
        }),
        new("webhooks-no-organization", "/developer/webhooks", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync("/developer/webhooks");
        }),
    ];

    private static PageState[] One() =>
    [
        new("webhook", "/developer/webhook", async visit => await LogAsync(visit, 200)),
        new("webhook-failing", "/developer/webhook", async visit => await LogAsync(visit, 500)),
        new("webhook-long", "/developer/webhook", async visit => await LogAsync(visit, 410, description: PageStates.Long)),
        new("webhook-change", "/developer/webhook", async visit =>
        {
            await LogAsync(visit, 200);
            await visit.Page.Locator("summary", new() { HasText = "Change it" }).ClickAsync();
        }),
        new("webhook-change-wrong", "/developer/webhook", async visit =>
        {
            await LogAsync(visit, 200);
            await visit.Page.Locator("summary", new() { HasText = "Change it" }).ClickAsync();
            await visit.Page.GetByLabel("Address").FillAsync("http://10.0.0.1/");
            await visit.PressAsync("Save");
        }),
        new("webhook-delete", "/developer/webhook", async visit => await LogAsync(visit, 200, "&ask=delete")),
        new("webhook-rotate", "/developer/webhook", async visit => await LogAsync(visit, 200, "&ask=rotate")),
        new("webhook-rotated", "/developer/webhook", async visit =>
        {
            await LogAsync(visit, 200, "&ask=rotate");
            await visit.PressAsync("Replace it");
        }),
    ];

    private static async Task<string> OpenAsync(Visit visit, int status, string description = "Deployments")
    {
        var (id, owner) = await visit.Site.WebhookAsync(status, description: description);
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync("/developer/webhooks");
        return id;
    }

    private static async Task LogAsync(Visit visit, int status, string more = "", string description = "Deployments") =>
        await visit.GoAsync($"/developer/webhook?id={await OpenAsync(visit, status, description)}{more}");
}
