using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of an organization's members and of its trail.</summary>
internal static class OrganizationStates
{
    private const string Members = "/developer/members";
    private const string Member = Members + "/{id}";
    private const string Settings = "/developer/settings";
    private const string Trail = "/developer/trail";
    private const string Usage = "/developer/usage";

    public static PageState[] All { get; } =
    [
        new("members", Members, async visit => await OpenAsync(visit, Members)),
        new("members-invited", Members, async visit =>
        {
            await OpenAsync(visit, Members);
            await visit.Page.GetByLabel("E-mail address").FillAsync("grace@example.com");
            await visit.PressAsync("Invite");
        }),
        new("members-many-invited", Members, async visit =>
        {
            var organization = await OpenAsync(visit, Members);
            await visit.Site.QueryAsync(async context =>
            {
                var one = await context.OrganizationInvitations.AsNoTracking().FirstAsync(row => row.OrganizationId == organization && row.AcceptedAt == null);
                context.OrganizationInvitations.AddRange(Enumerable.Range(0, 100).Select(i => new OrganizationInvitation
                {
                    Id = Identifiers.New("inv_", one.CreatedAt.AddSeconds(i)),
                    OrganizationId = organization,
                    Email = $"guest-{i}@example.com",
                    Role = Role.Auditor,
                    TokenHash = Guid.NewGuid().ToString("N"),
                    InvitedBy = one.InvitedBy,
                    CreatedAt = one.CreatedAt,
                    ExpiresAt = one.ExpiresAt,
                }));
                return await context.SaveChangesAsync();
            });
            await visit.GoAsync(Members + "?waiting=50");
        }),
        new("members-wrong", Members, async visit =>
        {
            await OpenAsync(visit, Members);
            await visit.Page.GetByLabel("E-mail address").FillAsync("nobody");
            await visit.PressAsync("Invite");
        }),
        new("member", Member, async visit => await OpenAsync(visit, Member)),
        new("member-role-ask", Member, async visit =>
        {
            await OpenAsync(visit, Member);
            var id = new Uri(visit.Page.Url).Segments[^1];
            await visit.Site.QueryAsync(async context =>
            {
                context.DeveloperKeys.Add(new DeveloperKey
                {
                    Id = Identifiers.New("key_", visit.Site.Clock.Now),
                    OrganizationId = await context.Members.Where(row => row.UserId == id).Select(row => row.OrganizationId).SingleAsync(),
                    UserId = id,
                    Name = "Key",
                    Role = Role.Admin,
                    Hint = "ag_abcd",
                    Hash = Guid.NewGuid().ToString("N"),
                    CreatedAt = visit.Site.Clock.Now,
                });
                return await context.SaveChangesAsync();
            });
            await visit.GoAsync($"{Members}/{id}?ask=role&role=auditor");
        }),
        new("member-remove", Member, async visit => await OpenAsync(visit, Member + "?ask=remove")),
        new("settings", Settings, async visit => await OpenAsync(visit, Settings)),
        new("settings-wrong", Settings, async visit =>
        {
            await OpenAsync(visit, Settings);
            await visit.Page.GetByLabel("Name").FillAsync(" ");
            await visit.PressAsync("Save");
        }),
        new("settings-session-over", "/error", LateAsync),
        new("settings-kept", Settings, async visit =>
        {
            var owner = await LateAsync(visit);
            await visit.FollowAsync("Sign in");
            await visit.SignInAsync(owner, Rest.Password);
        }),
        new("settings-transfer", Settings, async visit =>
        {
            await OpenAsync(visit, Settings);
            await visit.PressAsync("Hand it over…");
        }),
        new("settings-close", Settings, async visit => await OpenAsync(visit, Settings + "?ask=close")),
        new("settings-suspended", Settings, async visit => await SuspendedAsync(visit, Settings)),
        new("organization-suspended", "/developer", async visit => await SuspendedAsync(visit, "/developer")),
        new("organization-suspended-refused", "/error", async visit => await SuspendedAsync(visit, "/developer/agents/new")),
        new("role-refused", "/error", async visit =>
        {
            var organization = await OpenAsync(visit, Settings);
            await visit.Site.QueryAsync(context => context.Members.Where(row => row.OrganizationId == organization && row.Role == Role.Owner).ExecuteUpdateAsync(set => set.SetProperty(row => row.Role, Role.Auditor)));
            await visit.GoAsync("/developer/agents/new");
        }),
        new("organization-closed", "/developer", ClosedAsync),
        new("organization-gone", "/developer/gone/organization", async visit =>
        {
            await ClosedAsync(visit);
            await visit.Page.Locator("#main a[href^='/developer/gone/']").ClickAsync();
        }),
        new("trail", Trail, async visit => await OpenAsync(visit, Trail)),
        new("trail-none", Trail, async visit => await OpenAsync(visit, Trail + "?kind=webhook")),
        new("trail-wrong", Trail, async visit => await OpenAsync(visit, Trail + "?agent=nonsense")),
        new("trail-event", Trail + "/{id}", async visit =>
        {
            await OpenAsync(visit, Trail + "?kind=policy");
            await visit.Page.Locator("tbody a").First.ClickAsync();
        }),
        new("usage-empty", Usage, async visit => await OpenAsync(visit, Usage)),
        new("usage", Usage, async visit =>
        {
            var organization = await OpenAsync(visit, Usage);
            await visit.Site.QueryAsync(context => UsagePageTests.CountAsync(context, organization, visit.Site.Clock.Now));
            await visit.GoAsync(Usage);
        }),
    ];

    private static async Task<string> OpenAsync(Visit visit, string page)
    {
        var (key, organization, owner) = await visit.Site.OrganizationAsync("Acme & Sons");
        var guest = $"{Guid.NewGuid():n}@example.com";
        using var nobody = visit.Site.Rest();
        var person = (await nobody.PostAsync("/users/register", new { name = PageStates.Long[..60], email = guest, password = Rest.Password })).Is(System.Net.HttpStatusCode.Created).Json;
        var token = (await key.PostAsync($"/organizations/{organization}/invitations", new { email = guest, role = "admin" })).Is(System.Net.HttpStatusCode.Created).Json.GetProperty("token").GetString();
        using var member = nobody.As(person.GetProperty("token").GetString());
        (await member.PostAsync("/invitations/accept", new { token })).Is(System.Net.HttpStatusCode.OK);
        (await key.PostAsync($"/organizations/{organization}/invitations", new { email = "waiting@example.com", role = "auditor" })).Is(System.Net.HttpStatusCode.Created);
        (await key.PostAsync("/agents", OrganizationSide.Agent())).Is(System.Net.HttpStatusCode.Created);
        (await key.PostAsync("/policies", new { name = "Known networks" })).Is(System.Net.HttpStatusCode.Created);
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync(page.Replace("{id}", person.GetProperty("user").GetProperty("id").GetString(), StringComparison.Ordinal));
        return organization;
    }

    private static async Task ClosedAsync(Visit visit)
    {
        await OpenAsync(visit, Settings + "?ask=close");
        await visit.PressAsync("Close it for good");
    }

    private static async Task SuspendedAsync(Visit visit, string page)
    {
        var organization = await OpenAsync(visit, Settings);
        await visit.Site.QueryAsync(context => context.Organizations.Where(row => row.Id == organization)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.SuspendedAt, visit.Site.Clock.Now).SetProperty(row => row.Name, PageStates.Long)));
        await visit.GoAsync(page);
    }

    /// <summary>The owner sends a form when their session is over.</summary>
    private static async Task<string> LateAsync(Visit visit)
    {
        var owner = (await visit.Site.OrganizationAsync("Acme & Sons")).Owner;
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync(Settings);
        await visit.Page.GetByLabel("Name").FillAsync("Acme & Daughters");
        await visit.Page.Context.ClearCookiesAsync(new() { Name = "session" });
        await visit.PressAsync("Save");
        return owner;
    }
}
