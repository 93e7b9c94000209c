using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of policies: all, one, its form in both ways, and what they answer.</summary>
internal static class PolicyStates
{
    private const string All = "/developer/policies";
    private const string One = All + "/{id}";
    private const string Edit = All + "/edit";
    private const string Try = All + "/try";

    private const string Many =
        """{"name":"Office hours","description":"Agents that send mail do so while somebody is there.","priority":10,"actions":["email:*","crm.*"],"subjects":{"agentTypes":["tool","assistant"]},"rules":[{"type":"time_window","config":{"allowedDays":[1,2,3,4,5],"startTimeUtc":"09:00","endTimeUtc":"17:00","timezone":"Europe/Berlin"}},{"type":"rate_limit","config":{"maxRequests":100,"windowSeconds":3600,"scope":"per_agent"}}]}""";

    public static PageState[] States { get; } =
    [
        new("policies", All, async visit => await OpenAsync(visit, All)),
        new("policies-empty", All, async visit => await EmptyAsync(visit, All)),
        new("policy", One, async visit => await OpenAsync(visit, One)),
        new("policy-delete", One, async visit => await OpenAsync(visit, One + "?ask=delete")),
        new("policy-gone", "/developer/gone/{kind}", async visit =>
        {
            await OpenAsync(visit, One + "?ask=delete");
            var address = visit.Page.Url;
            await visit.PressAsync("Delete it");
            await visit.GoAsync(address);
        }),
        new("policy-new", Edit, async visit => await EmptyAsync(visit, Edit)),
        new("policy-edit", Edit, async visit => await OpenAsync(visit, Edit + "?id={id}")),
        new("policy-json", Edit, async visit => await OpenAsync(visit, Edit + "?id={id}&as=json")),
        new("policy-wrong", Edit, async visit =>
        {
            await OpenAsync(visit, Edit + "?id={id}");
            await visit.Page.GetByLabel("Name").FillAsync("");
            await visit.Page.GetByLabel("At most so many requests").FillAsync("many");
            await visit.PressAsync("Save it");
        }),
        new("policy-json-wrong", Edit, async visit =>
        {
            await EmptyAsync(visit, Edit + "?as=json");
            await visit.Page.GetByLabel("The policy as JSON").FillAsync("{ \"name\": \"x\",\n  \"rules\": [{}] }");
            await visit.PressAsync("Make it");
        }),
        new("policy-simulated", Edit, async visit =>
        {
            await OpenAsync(visit, Edit + "?id={id}");
            await visit.PressAsync("What would it change?");
        }),
        new("policies-try", Try, async visit => await EmptyAsync(visit, Try)),
        new("policies-asked", Try, async visit => await OpenAsync(visit, Try + "?agent={agent}&action=email:send&ip=192.0.2.7")),
    ];

    private static async Task EmptyAsync(Visit visit, string page)
    {
        var (_, _, owner) = await visit.Site.OrganizationAsync();
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync(page);
    }

    private static async Task OpenAsync(Visit visit, string page)
    {
        var (key, _, owner) = await visit.Site.OrganizationAsync();
        var agent = (await key.PostAsync("/agents", OrganizationSide.Agent())).Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        var id = (await key.PostAsync("/policies", System.Text.Json.JsonElement.Parse(Many))).Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        foreach (var (name, more) in new[] { ("No payments at all", "\"effect\":\"deny\",\"actions\":[\"payments:*\"]"), ("Known networks", "\"enabled\":false,\"rules\":[{\"type\":\"ip_allowlist\",\"config\":{\"cidrs\":[\"10.0.0.0/8\"]}}]"), (PageStates.Long, "\"priority\":-5") })
        {
            (await key.PostAsync("/policies", System.Text.Json.JsonElement.Parse($"{{\"name\":{System.Text.Json.JsonSerializer.Serialize(name)},{more}}}"))).Is(System.Net.HttpStatusCode.Created);
        }

        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync(page.Replace("{id}", id, StringComparison.Ordinal).Replace("{agent}", agent, StringComparison.Ordinal));
    }
}
