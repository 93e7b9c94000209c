using AuthServer.Data;
using AuthServer.Figures;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>The pages for administrators, besides mail.</summary>
internal static class AdminStates
{
    private const string Passphrase = "another good passphrase here";

    public static PageState[] All { get; } = [.. Glance(), .. Who(), .. Operation(), .. Watch()];

    private static PageState[] Glance() =>
    [
        new("admin", "/admin", visit => OpenAsync(visit, "/admin")),
    ];

    private static PageState[] Who() =>
    [
        new("admin-organizations", "/admin/organizations", async visit =>
        {
            await visit.Site.AgentAsync();
            await OpenAsync(visit, "/admin/organizations");
        }),
        new("admin-organizations-nothing", "/admin/organizations", visit => OpenAsync(visit, "/admin/organizations?q=nothing-like-it")),
        new("admin-organization", "/admin/organizations/{id}", async visit => await OrganizationAsync(visit, "Acme AI")),
        new("admin-organization-long", "/admin/organizations/{id}", async visit => await OrganizationAsync(visit, PageStates.Long)),
        new("admin-organization-ask", "/admin/organizations/{id}", async visit => await OrganizationAsync(visit, "Acme AI", "?ask=close")),
        new("admin-organization-suspended", "/admin/organizations/{id}", async visit =>
        {
            await OrganizationAsync(visit, "Acme AI", "?ask=suspend");
            await visit.PressAsync("Suspend it");
        }),
        new("admin-organization-closed", "/admin/organizations/{id}", async visit =>
        {
            await OrganizationAsync(visit, "Acme AI", "?ask=close");
            await visit.PressAsync("Close it for good");
        }),
        new("admin-people", "/admin/people", visit => OpenAsync(visit, "/admin/people")),
        new("admin-people-wrong", "/admin/people", async visit =>
        {
            await OpenAsync(visit, "/admin/people");
            await visit.Page.GetByLabel("E-mail address").FillAsync("no address");
            await visit.PressAsync("Make the link");
        }),
        new("admin-people-invited", "/admin/people", async visit =>
        {
            await OpenAsync(visit, "/admin/people");
            await visit.Page.GetByLabel("E-mail address").FillAsync("new@example.com");
            await visit.PressAsync("Make the link");
        }),
        new("admin-person", "/admin/people/{id}", visit => PersonAsync(visit, Site.Ada)),
        new("admin-person-long", "/admin/people/{id}", visit => PersonAsync(visit, Site.Lengthy)),
        new("admin-person-ask", "/admin/people/{id}", visit => PersonAsync(visit, null, "?ask=make-administrator")),
        new("admin-person-password", "/admin/people/{id}", async visit =>
        {
            await OpenAsync(visit, "/admin/people");
            visit.Site.Clock.Advance(TimeSpan.FromMinutes(6));
            await visit.GoAsync(visit.Site.Issuer + await visit.Page.Locator("tbody a").First.GetAttributeAsync("href") + "?ask=sign-out");
            await visit.PressAsync("Sign them out");
        }),
        new("admin-clients", "/admin/clients", visit => OpenAsync(visit, "/admin/clients")),
        new("admin-client", "/admin/clients/{id}", visit => ClientAsync(visit, "configuration")),
        new("admin-client-agent", "/admin/clients/{id}", async visit =>
        {
            await visit.Site.AgentAsync();
            await ClientAsync(visit, "agent");
        }),
        new("admin-client-revoked", "/admin/clients/{id}", async visit =>
        {
            var agent = await visit.Site.AgentAsync("Revoked one");
            (await agent.Key.PostAsync($"/agents/{agent.Id}/revoke")).Is(System.Net.HttpStatusCode.OK);
            await OpenAsync(visit, "/admin/clients?q=Revoked+one");
            await visit.GoAsync(visit.Site.Issuer + await visit.Page.Locator("tbody a").First.GetAttributeAsync("href"));
        }),
        new("admin-client-application", "/admin/clients/{id}", async visit =>
        {
            await ApplicationAsync(visit, "/disable");
            await visit.FollowAsync("Disable…");
            await visit.PressAsync("Disable it");
        }),
        new("admin-client-application-ask", "/admin/clients/{id}", async visit =>
        {
            await ApplicationAsync(visit);
            await visit.FollowAsync("Remove…");
        }),
        new("admin-client-application-gone", "/admin/clients/{id}", async visit =>
        {
            await ApplicationAsync(visit);
            await visit.FollowAsync("Remove…");
            await visit.PressAsync("Remove it");
        }),
        new("admin-client-ask", "/admin/clients/{id}", async visit =>
        {
            await visit.Site.AgentAsync();
            await ClientAsync(visit, "agent", "?ask=disable");
        }),
    ];

    private static PageState[] Operation() =>
    [
        new("admin-keys", "/admin/keys", visit => OpenAsync(visit, "/admin/keys")),
        new("admin-keys-ask", "/admin/keys", async visit =>
        {
            await OpenAsync(visit, "/admin/keys");
            await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke…" }).First.ClickAsync();
        }),
        new("admin-health", "/admin/health", visit => OpenAsync(visit, "/admin/health")),
        new("admin-configuration", "/admin/configuration", visit => OpenAsync(visit, "/admin/configuration")),
        new("admin-configuration-all", "/admin/configuration", visit => OpenAsync(visit, "/admin/configuration?show=all")),
        new("admin-providers", "/admin/providers", visit => OpenAsync(visit, "/admin/providers")),
    ];

    private static PageState[] Watch() =>
    [
        new("admin-trail", "/admin/trail", visit => OpenAsync(visit, "/admin/trail")),
        new("admin-trail-wrong", "/admin/trail", visit => OpenAsync(visit, "/admin/trail?person=somebody&from=yesterday")),
        new("admin-trail-nothing", "/admin/trail", visit => OpenAsync(visit, "/admin/trail?type=nothing.like_it")),
        new("admin-analytics", "/admin/analytics", async visit =>
        {
            await CountedAsync(visit.Site);
            await OpenAsync(visit, "/admin/analytics?period=30-days");
        }),
        new("admin-analytics-empty", "/admin/analytics", visit => OpenAsync(visit, "/admin/analytics?period=day")),
    ];

    /// <summary>As an administrator of their own.</summary>
    private static async Task OpenAsync(Visit visit, string address)
    {
        var email = $"{Guid.NewGuid():n}@example.com";
        await PageStates.RegisterAsync(visit, email, "Ad Ministrator", Passphrase);
        await visit.Site.QueryAsync(context =>
        {
            context.Users.Single(user => user.Email == email).IsAdministrator = true;
            return context.SaveChangesAsync();
        });
        await visit.GoAsync(address);
    }

    private static async Task OrganizationAsync(Visit visit, string name, string more = "")
    {
        var (_, id, _) = await visit.Site.OrganizationAsync(name);
        await OpenAsync(visit, $"/admin/organizations/{id}{more}");
    }

    private static async Task PersonAsync(Visit visit, string? email, string more = "")
    {
        email ??= (await visit.Site.OrganizationAsync()).Owner;
        var id = await visit.Site.QueryAsync(context => context.Users.Where(user => user.Email == email).Select(user => user.Id).SingleAsync());
        await OpenAsync(visit, $"/admin/people/{id}{more}");
    }

    private static async Task ClientAsync(Visit visit, string source, string more = "")
    {
        await OpenAsync(visit, "/admin/clients?source=" + source);
        await visit.GoAsync(visit.Site.Issuer + await visit.Page.Locator("tbody a").First.GetAttributeAsync("href") + more);
    }

    /// <summary>An organization's, to which this was done by its API.</summary>
    private static async Task ApplicationAsync(Visit visit, string? act = null)
    {
        var (key, _, _) = await visit.Site.OrganizationAsync();
        var id = (await key.PostAsync("/applications", new { kind = "machine", name = "Nightly report" })).Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString();
        if (act is not null)
        {
            (await key.PostAsync($"/applications/{id}{act}")).Is(System.Net.HttpStatusCode.OK);
        }

        await OpenAsync(visit, "/admin/clients?q=" + id);
        await visit.GoAsync(visit.Site.Issuer + await visit.Page.Locator("tbody a").First.GetAttributeAsync("href"));
    }

    /// <summary>A month in which something happened.</summary>
    private static async Task CountedAsync(Site site)
    {
        var sums = new FigureSums();
        var today = FigureSums.DayOf(site.Clock.Now);
        for (var day = 0; day < 30; day++)
        {
            var (hour, wave) = (today.AddDays(-day), (long)(2000 + (1500 * Math.Sin(day / 3.0))));
            sums.Add("", FigureKinds.Decisions, hour, AuditOutcomes.Success, wave);
            sums.Add("", FigureKinds.Decisions, hour, AuditOutcomes.Denied, wave / 12);
            sums.Add("", FigureKinds.Reasons, hour, "scope_missing|token.verified", wave / 20);
            sums.Add("", FigureKinds.Reasons, hour, "invalid_client|token.refused", wave / 40);
            sums.Add("", FigureKinds.Policies, hour, "pol_night", wave / 30);
            foreach (var (grant, part) in new[] { ("client_credentials", 2), ("refresh_token", 4), ("authorization_code", 9), ("urn:ietf:params:oauth:grant-type:token-exchange", 14) })
            {
                sums.Add("", FigureKinds.Tokens, hour, grant, wave / part);
            }

            foreach (var (risk, part) in new[] { ("low", 2), ("standard", 3), ("high", 8), ("critical", 40) })
            {
                sums.Add("", FigureKinds.Risks, hour, risk, wave / part);
            }

            sums.Add("", FigureKinds.Agents, hour, "agt_gone", wave / 3);
            for (var place = 0; place < 9; place++)
            {
                sums.Add("", FigureKinds.Latency, hour, Latency.WordOf("token", place), wave / (1 + (place * place)));
                sums.Add("", FigureKinds.Latency, hour, Latency.WordOf("api", place), wave / (2 + (place * place)));
            }
        }

        await site.Services.GetRequiredService<FigureLedger>().AddAsync(sums, default);
    }
}
