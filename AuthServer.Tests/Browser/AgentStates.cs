using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Agents.Credentials;
using AuthServer.Data;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A developer's home, and the pages of agents.</summary>
internal static class AgentStates
{
    private const string Home = "/developer";
    private const string Route = "/developer/agents";
    private const string One = Route + "/{id}";

    public static PageState[] All { get; } = [.. OfHome(), .. List(), .. OfOne()];

    private static PageState[] OfHome() =>
    [
        new("developer-home-new", Home, async visit =>
        {
            await visit.SignInAsync((await visit.Site.OrganizationAsync()).Owner, Rest.Password);
            await visit.GoAsync(Home);
        }),
        new("developer-home", Home, async visit =>
        {
            await OpenAsync(visit, "", expiring: true);
            await visit.GoAsync(Home);
        }),
        new("developer-home-long", Home, async visit =>
        {
            await OpenAsync(visit, "", expiring: true, name: PageStates.Long);
            await visit.GoAsync(Home);
        }),
        new("developer-home-make", Home, async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync(Home);
        }),
        new("developer-home-make-wrong", Home, async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync(Home);
            await visit.PressAsync("Make it");
        }),
        new("developer-home-invite-only", Home, async visit =>
        {
            await visit.SignInAsync();
            await visit.GoAsync(Home);
        }, Strict: true),
    ];

    private static PageState[] List() =>
    [
        new("agents", Route, async visit =>
        {
            await OpenAsync(visit, "");
            await visit.GoAsync(Route);
        }),
        new("agents-empty", Route, async visit =>
        {
            await visit.SignInAsync((await visit.Site.OrganizationAsync()).Owner, Rest.Password);
            await visit.GoAsync(Route);
        }),
        new("agent-new", Route + "/new", async visit => await NewAsync(visit)),
        new("agent-new-wrong", Route + "/new", async visit =>
        {
            await NewAsync(visit);
            await visit.Page.GetByRole(AriaRole.Textbox, new() { Name = "Others" }).FillAsync("nobody-knows-this");
            await visit.PressAsync("Make the agent");
        }),
        new("agent-made", Route + "/new", async visit =>
        {
            await NewAsync(visit);
            await visit.Page.Locator("#name").FillAsync("Release notes");
            await visit.PressAsync("Make the agent");
        }),
    ];

    private static PageState[] OfOne() =>
    [
        new("agent", One, async visit => await OpenAsync(visit, "")),
        new("agent-long", One, async visit => await OpenAsync(visit, "", name: PageStates.Long)),
        new("agent-held", One, async visit =>
        {
            await OpenAsync(visit, "");
            var id = visit.Page.Url[(visit.Page.Url.LastIndexOf('/') + 1)..];
            await visit.Site.QueryAsync(context => context.Agents.Where(agent => agent.Id == id).ExecuteUpdateAsync(set => set
                .SetProperty(agent => agent.Status, AgentStatus.Suspended)
                .SetProperty(agent => agent.DeactivatedAt, visit.Site.Clock.Now)
                .SetProperty(agent => agent.HeldAt, visit.Site.Clock.Now)
                .SetProperty(agent => agent.IsHeldOnly, true)));
            await visit.GoAsync($"{Route}/{id}");
        }),
        new("agent-suspend", One, async visit => await OpenAsync(visit, "?ask=suspend")),
        new("agent-revoke", One, async visit => await OpenAsync(visit, "?ask=revoke")),
        new("agent-keys", One + "/keys", async visit => await OpenAsync(visit, "/keys", expiring: true)),
        new("agent-keys-empty", One + "/keys", async visit => await OpenAsync(visit, "/keys")),
        new("agent-key-made", One + "/keys", async visit =>
        {
            await OpenAsync(visit, "/keys");
            await visit.PressAsync("Make the key");
        }),
        new("agent-secret-ask", One + "/keys", async visit => await OpenAsync(visit, "/keys?ask=secret")),
        new("agent-scopes", One + "/scopes", async visit => await OpenAsync(visit, "/scopes")),
        new("agent-scopes-change", One + "/scopes", async visit => await OpenAsync(visit, "/scopes?change=yes")),
        new("agent-policies", One + "/policies", async visit => await OpenAsync(visit, "/policies", policy: true)),
        new("agent-policies-empty", One + "/policies", async visit => await OpenAsync(visit, "/policies")),
        new("agent-activity", One + "/activity", async visit => await OpenAsync(visit, "/activity")),
    ];

    private static async Task NewAsync(Visit visit)
    {
        await visit.SignInAsync((await visit.Site.OrganizationAsync()).Owner, Rest.Password);
        await visit.GoAsync(Route + "/new");
    }

    private static async Task OpenAsync(Visit visit, string page, bool expiring = false, bool policy = false, string name = "Release notes")
    {
        var (key, _, owner) = await visit.Site.OrganizationAsync(name == PageStates.Long ? PageStates.Long : "Acme AI");
        var made = (await key.PostAsync("/agents", new
        {
            name,
            description = "Reads what was merged, and writes what is new.",
            type = "autonomous",
            redirectUris = new[] { "https://notes.example/callback" },
            allowedScopes = new[] { "email:read", "email:send", "files:delete", "profile:read" },
        })).Is(System.Net.HttpStatusCode.Created).Json;
        var id = Text(made, "id");
        if (policy)
        {
            await key.PostAsync("/policies", new { name = "No mail at night", description = "Nobody reads it before morning.", effect = "deny", agentId = id, actions = new[] { "email:*" } });
        }

        if (expiring)
        {
            await ExpiringAsync(visit.Site, id);
        }

        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync($"{Route}/{id}{page}");
    }

    private static Task<int> ExpiringAsync(Site site, string agent) => site.QueryAsync(context =>
    {
        var now = site.Clock.GetStoredNow();
        foreach (var (days, revoked) in new[] { (1, false), (5, false), (20, false), (900, true) })
        {
            var (key, _) = ApiKey.Create(agent, now.AddDays(-90).AddMinutes(days));
            (key.ExpiresAt, key.LastUsedAt, key.RevokedAt) = (now.AddDays(days), now.AddHours(-days), revoked ? now : null);
            context.ApiKeys.Add(key);
        }

        return context.SaveChangesAsync();
    });

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
