using System.Net;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Browser;

/// <summary>Connections that pages are shown with.</summary>
internal static class SiteConnections
{
    private const string Own = "tracker";

    /// <summary>A connection of a new organization, with two accounts, and the address of the owner.</summary>
    /// <param name="key">By an API key, of a provider that the organization describes itself, and that refuses every key.</param>
    public static async Task<(string Id, string Owner)> ConnectionAsync(this Site site, string name, bool draft = false, bool overdue = false, bool key = false)
    {
        var (rest, organization, owner) = await site.OrganizationAsync();
        if (key)
        {
            await DescribeAsync(site, organization);
        }

        var made = await rest.PostAsync("/connections", new
        {
            provider = key ? Own : "slack",
            name,
            description = "What sales posts, and reads.",
            environment = "production",
            credentials = draft ? null : key ? (object)new { api_key = "trk_0123456789abcdef" } : new { client_id = "4711.0815", client_secret = "a client secret of sixteen" },
            rotation_due_at = overdue ? site.Clock.Now.AddDays(-3) : (DateTimeOffset?)null,
            return_check = key ? null : "none",
        });
        var id = made.Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        if (!key && !draft)
        {
            (await rest.PatchAsync($"/connections/{id}", new { settings = new { timeout = 20, user_agent = "sales/1" } })).Is(HttpStatusCode.OK);
            await LinkAsync(site, organization, id);
        }

        return (id, owner);
    }

    private static Task<int> LinkAsync(Site site, string organization, string connection) => site.QueryAsync(context =>
    {
        foreach (var status in new[] { AccountStatus.Active, AccountStatus.Expired })
        {
            var works = status == AccountStatus.Active;
            context.ConnectedAccounts.Add(new ConnectedAccount
            {
                Id = Identifiers.New(ConnectedAccount.IdPrefix, site.Clock.Now),
                OrganizationId = organization,
                ConnectionId = connection,
                Identifier = works ? "user_7" : "user_8",
                IdentifierType = "user_id",
                Status = status,
                Health = works ? AccountHealth.Healthy : AccountHealth.Failing,
                Fault = works ? null : "account_expired",
                ProviderName = works ? "pat@example.com" : null,
                AskedScopes = """["channels:read","chat:write"]""",
                GrantedScopes = """["channels:read"]""",
                ConnectedAt = site.Clock.Now,
                CreatedAt = site.Clock.Now,
                UpdatedAt = site.Clock.Now,
            });
        }

        return context.SaveChangesAsync();
    });

    private static Task<int> DescribeAsync(Site site, string organization) => site.QueryAsync(context =>
    {
        var address = site.Elsewhere(401);
        context.OrganizationProviders.Add(new OrganizationProvider
        {
            OrganizationId = organization,
            Id = Own,
            Definition = $$"""
                {
                  "id": "{{Own}}", "name": "Tracker", "category": "developer", "api": { "base_url": "{{address}}" },
                  "api_key": {
                    "fields": [{ "name": "api_key", "label": "API key" }],
                    "credential": [{ "name": "X-Api-Key", "value": "{api_key}" }],
                    "test": { "call": { "method": "GET", "url": "{{address}}" } }
                  }
                }
                """,
            CreatedAt = site.Clock.Now,
            UpdatedAt = site.Clock.Now,
            Version = Guid.NewGuid().ToString(),
        });
        return context.SaveChangesAsync();
    });
}
