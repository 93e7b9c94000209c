using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>The pages that try flows of OAuth.</summary>
internal static class TryItStates
{
    private const string Try = "/developer/try-it";

    public static PageState[] All { get; } =
    [
        new("try-it", Try, async visit => await OpenAsync(visit, Try)),
        new("try-it-token", Try, async visit =>
        {
            var (client, secret) = await OpenAsync(visit, Try);
            await visit.Page.GetByLabel("Client id").FillAsync(client);
            await visit.Page.GetByLabel("Client secret").FillAsync(secret);
            await visit.PressAsync("Send it");
        }),
        new("try-it-refused", Try, async visit =>
        {
            var (client, _) = await OpenAsync(visit, Try);
            await visit.Page.GetByLabel("Client id").FillAsync(client);
            await visit.Page.GetByLabel("Client secret").FillAsync("wrong");
            await visit.PressAsync("Send it");
        }),
        new("try-it-wrong", Try, async visit =>
        {
            await OpenAsync(visit, Try + "?flow=exchange");
            await visit.PressAsync("Send it");
        }),
        new("try-it-authorize", Try, async visit =>
        {
            var (client, _) = await OpenAsync(visit, Try + "?flow=code");
            await visit.Page.GetByLabel("Client id").FillAsync(client);
            await visit.PressAsync("Prepare the request");
        }),
        new("try-it-stranger", Try + "/code", async visit => await OpenAsync(visit, Try + "/code?code=x&state=y")),
    ];

    private static async Task<(string Client, string Secret)> OpenAsync(Visit visit, string page)
    {
        var (key, _, owner) = await visit.Site.OrganizationAsync();
        var agent = (await key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json;
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync(page);
        return (agent.GetProperty("clientId").GetString()!, agent.GetProperty("clientSecret").GetString()!);
    }
}
