using System.Text.Json;
using AuthServer.Bench.Http;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench.Pages;

/// <summary>An organization that uses what there is: one or some of each thing, made by the API; then copies, ten thousand of each or as many as there may be.</summary>
internal sealed class PageFilling(string home, string owner) : IDisposable
{
    private const int Many = 10_000;

    private static readonly string[] Sending = ["email:send"];
    private static readonly string[] PassedOn = ["email:read"];
    private static readonly string[] AgentScopes = ["email:read", "email:send"];
    private static readonly string[] RobotScopes = ["robots:move"];
    private static readonly string[] Events = ["agent.created"];
    private static readonly string[] Redirects = ["https://files.example/callback"];

    private JsonClient? _http;
    private string _key = "";
    private string _organization = "";
    private string _owner = "";
    private string _agent = "";

    public async Task FillAsync(Uri server)
    {
        _http = new JsonClient(server);
        var registered = await _http.PostAsync("/api/v1/developers/register", new { name = "Bench & Söhne", email = owner, password = RealServer.Secret }, null);
        (_key, _organization, _owner) = (Text(registered, "apiKey"), Text(registered.GetProperty("organization"), "id"), Text(registered.GetProperty("developer"), "id"));
        await FillRulesAsync();
        await FillVaultAsync();
        await FillAgentsAsync();
        await MakeAsync("/api/v1/applications", new { kind = "web", name = "Files", redirectUris = Redirects });
        var webhook = await MakeAsync("/api/v1/webhooks", new { url = "https://hooks.bench.test/", events = Events });
        await _http.PostAsync($"/api/v1/webhooks/{Text(webhook, "id")}/test", new { }, _key);
        await MakeAsync($"/api/v1/organizations/{_organization}/invitations", new { email = "bench-invited@example.com", role = "developer" });
        await MakeAsync("/certificates", new { name = "Build" });
    }

    /// <summary>The server must not run meanwhile.</summary>
    public async Task MultiplyAsync()
    {
        var copies = new RowCopies(RealServer.DatabaseIn(home));
        var own = $"\"OrganizationId\" = '{_organization}'";
        var agent = $"\"Id\" = '{_agent}'";
        await copies.AddAsync(Many, "OpenIddictApplications", $"\"Id\" = (SELECT \"ApplicationId\" FROM \"Agents\" WHERE {agent})");
        await copies.AddAsync(Many, "Agents", agent, ("ApplicationId", null));
        foreach (var table in new[] { "OrganizationInvitations", "AuditEvents", "Approvals", "Delegations" })
        {
            await copies.AddAsync(Many, table, own);
        }

        // As many as an organization may have.
        foreach (var (table, most) in new[] { ("Policies", 500), ("Connections", 200), ("Webhooks", 10), ("Certificates", 1000), ("OrganizationScopes", 500), ("ProtectedResources", 200) })
        {
            await copies.AddAsync(most - 3, table, own);
        }

        await copies.AddAsync(
            Many, "Approvals", own, ("UserId", $"'{_owner}'"), ("DeciderId", $"'{_owner}'"), ("Standing", "NULL"), ("Id", "'apr_0' || substr(lower(hex(randomblob(13))), 2)"));
        await copies.AddAsync(Many, "AspNetUsers", $"\"Id\" = '{_owner}'");
        await copies.AddAsync(Many, "Members", $"\"UserId\" = '{_owner}'", ("Role", $"{(int)Organizations.Role.Developer}"));
        await copies.AddAsync(Many, "Organizations", $"\"Id\" = '{_organization}'");
        await copies.AddAsync(100, "Sessions", $"\"UserId\" = '{_owner}'");
        await copies.AddAsync(50, "ApiKeys", "1 = 1");
        foreach (var table in new[] { "ConnectedAccounts", "WebhookDeliveries" })
        {
            await copies.AddAsync(Many, table, "1 = 1");
        }
    }

    public void Dispose() => _http?.Dispose();

    private async Task FillRulesAsync()
    {
        object[] rules =
        [
            new { type = "require_approval", config = new { actions = new[] { "email:*" } } },
            new { type = "action_blocklist", config = new { actions = new[] { "payments:charge" } } },
            new { type = "rate_limit", config = new { maxRequests = 1000, windowSeconds = 3600, scope = "per_agent" } },
        ];
        foreach (var rule in rules)
        {
            await MakeAsync("/api/v1/policies", new { name = "Bench", rules = new[] { rule } });
        }

        await MakeAsync("/api/v1/scopes", new { name = "robots:move", title = "Move the robots", description = "They can run into things.", category = "robots", riskLevel = "critical" });
        await MakeAsync("/api/v1/resources", new { url = "https://robots.bench.test", displayName = "Robots", scopes = RobotScopes });
    }

    private async Task FillVaultAsync()
    {
        var connection = await MakeAsync(
            "/api/v1/connections", new { provider = "slack", auth_type = "oauth2", credentials = new { client_id = "a-client-id", client_secret = "a client secret of sixteen" } });
        foreach (var (identifier, type) in new[] { (_owner, "user_id"), ("user_00000", "external") })
        {
            await MakeAsync("/api/v1/connected-accounts", new { connection_id = Text(connection, "id"), identifier, identifier_type = type });
        }
    }

    /// <summary>Three that pass their rights on, and one action that waits for an approval.</summary>
    private async Task FillAgentsAsync()
    {
        List<JsonElement> agents = [];
        for (var i = 0; i < 3; i++)
        {
            agents.Add(await MakeAsync("/api/v1/agents", new { name = $"Filer {i}", description = "Files.", allowedScopes = AgentScopes }));
            await MakeAsync("/api/v1/credentials", new { agent_id = Text(agents[i], "id") });
        }

        for (var i = 1; i < 3; i++)
        {
            await MakeAsync("/api/v1/delegations", new { delegatorAgentId = Text(agents[i - 1], "id"), delegateAgentId = Text(agents[i], "id"), scopes = PassedOn });
        }

        _agent = Text(agents[0], "id");
        var basic = RequestTemplate.Basic(Text(agents[0], "clientId"), Text(agents[0], "clientSecret"));
        var token = Text(await _http!.PostFormAsync("/connect/token", "grant_type=client_credentials&scope=email:send", basic["Authorization:".Length..].Trim()), "access_token");
        await _http.PostAsync("/api/v1/tokens/verify", new { token, requiredScopes = Sending, resource = "/mails/7" }, _key);
    }

    private Task<JsonElement> MakeAsync(string path, object body) => _http!.PostAsync(path, body, _key);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
