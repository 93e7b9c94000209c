using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Seeds;

/// <summary>The overview of Agent Auth: what its SDK is shown to do, in its order, as requests with the same members.</summary>
public sealed class AgentAuthOverviewTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string ShownAccount = """{ "id": "ca_1", "connection_id": "conn_1", "identifier": "user_123", "identifier_type": "user_id", "status": "pending" }""";
    private const string ShownLink = """{ "url": "https://…", "expires_at": "2026-03-01T10:00:00Z" }""";

    private static readonly SeedRequest[] HowItWorks =
    [
        new(
            "POST /api/v1/connections",
            """
            {
              "provider": "{gmail}",
              "auth_type": "oauth2",
              "credentials": {
                "client_id": "{client_id}",
                "client_secret": "{client_secret}"
              },
              "scopes": ["{scope}"]
            }
            """,
            HttpStatusCode.Created,
            """{ "id": "conn_1", "provider": "gmail", "auth_type": "oauth2", "scopes": ["https://www.googleapis.com/auth/gmail.send"] }""",
            ("id", "gmailConnection.id")),
        new(
            "POST /api/v1/connected-accounts",
            """
            {
              "connection_id": "{gmailConnection.id}",
              "identifier": "user_123",
              "identifier_type": "user_id"
            }
            """,
            HttpStatusCode.Created,
            ShownAccount,
            ("id", "connectedAccount.id")),
        new("POST /api/v1/connected-accounts/{connectedAccount.id}/auth-url", null, HttpStatusCode.OK, ShownLink, ("url", "authUrl")),
        new("GET /api/v1/connected-accounts/{connectedAccount.id}", null, HttpStatusCode.OK, ShownAccount),
    ];

    private static readonly SeedRequest[] Scenarios =
    [
        // Multi-provider authentication.
        new("POST /api/v1/connected-accounts", """{ "connection_id": "{gmailConnection.id}", "identifier": "user_123", "identifier_type": "user_id" }""", HttpStatusCode.OK, ShownAccount, ("id", "gmailAccount.id")),
        new("POST /api/v1/connected-accounts", """{ "connection_id": "{slackConnection.id}", "identifier": "user_123", "identifier_type": "user_id" }""", HttpStatusCode.Created, ShownAccount, ("id", "slackAccount.id")),
        new("POST /api/v1/connected-accounts/{gmailAccount.id}/auth-url", null, HttpStatusCode.OK, ShownLink),
        new("POST /api/v1/connected-accounts/{slackAccount.id}/auth-url", null, HttpStatusCode.OK, ShownLink, ("url", "slackAuthUrl")),

        // Organization-level connections.
        new("POST /api/v1/connected-accounts", """{ "connection_id": "{jiraConnection.id}", "identifier": "org_456", "identifier_type": "org_id" }""", HttpStatusCode.Created, ShownAccount, ("id", "orgConnection.id")),
        new("POST /api/v1/connected-accounts/{orgConnection.id}/auth-url", null, HttpStatusCode.OK, ShownLink, ("url", "jiraAuthUrl")),

        // Token lifecycle management.
        new("GET /api/v1/connected-accounts/{connectedAccount.id}", null, HttpStatusCode.OK, ShownAccount),
        new("POST /api/v1/connected-accounts/{connectedAccount.id}/auth-url", null, HttpStatusCode.OK, ShownLink, ("url", "reAuthUrl")),
    ];

    [Fact]
    public async Task Its_requests_work_as_they_are_written_and_each_link_leads_to_its_provider()
    {
        var run = new SeedRun(side.Server, (await OrganizationSide.CreateAsync(side.Server)).Key)
        {
            ["gmail"] = "gmail",
            ["client_id"] = "your-gmail-client-id",
            ["client_secret"] = "your-gmail-client-secret",
            ["scope"] = "https://www.googleapis.com/auth/gmail.send",
        };
        await SendAsync(run, HowItWorks);
        foreach (var provider in (string[])["slack", "jira"])
        {
            await run.SendAsync(new(
                "POST /api/v1/connections",
                $$"""{ "provider": "{{provider}}", "auth_type": "oauth2", "credentials": { "client_id": "your-{{provider}}-client-id", "client_secret": "your-{{provider}}-client-secret" } }""",
                HttpStatusCode.Created, null, ("id", $"{provider}Connection.id")));
        }

        await SendAsync(run, Scenarios);

        Assert.Equal(run["connectedAccount.id"], run["gmailAccount.id"]);
        var asked = await OutAsync(run["authUrl"], "accounts.google.com");
        Assert.Equal("your-gmail-client-id", asked["client_id"]);
        Assert.Contains("https://www.googleapis.com/auth/gmail.send", asked["scope"], StringComparison.Ordinal);
        Assert.Equal("your-slack-client-id", (await OutAsync(run["slackAuthUrl"], "slack.com"))["client_id"]);
        Assert.Equal("your-jira-client-id", (await OutAsync(run["jiraAuthUrl"], "auth.atlassian.com"))["client_id"]);
        await OutAsync(run["reAuthUrl"], "accounts.google.com");
    }

    [Fact]
    public async Task The_account_of_its_first_four_calls_is_active_once_its_user_has_brought_the_code()
    {
        var run = new SeedRun(side.Server, side.Acme.Key)
        {
            ["gmail"] = ConnectSide.ProviderId,
            ["client_id"] = FakeProvider.ClientId,
            ["client_secret"] = FakeProvider.ClientSecret,
            ["scope"] = "read",
        };
        await SendAsync(run, HowItWorks);
        using var browser = side.Browser();
        Assert.Null(await side.ConnectAsync(browser, run["authUrl"]));
        run["code"] = browser.Page.QuerySelector("#code")!.TextContent;

        await run.SendAsync(new("POST /auth/exchange", """{ "code": "{code}", "provider": "{gmail}", "identifierId": "user_123" }""", HttpStatusCode.OK));
        var account = await run.SendAsync(HowItWorks[^1]);
        Assert.Equal("active", account.GetProperty("status").GetString());

        // Tokens are refreshed if they have expired.
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        var later = await run.SendAsync(HowItWorks[^1]);
        Assert.Equal("active", later.GetProperty("status").GetString());
        Assert.True(later.GetProperty("expires_at").GetDateTimeOffset() > side.Server.Clock.Now);

        // And where that is over, a new link is made.
        side.Provider.Grants.EndAll();
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("expired", (await run.SendAsync(HowItWorks[^1])).GetProperty("status").GetString());
        await run.SendAsync(Scenarios[^1]);
    }

    private static async Task SendAsync(SeedRun run, SeedRequest[] requests)
    {
        foreach (var request in requests)
        {
            await run.SendAsync(request);
        }
    }

    /// <summary>What the provider is asked.</summary>
    private async Task<Dictionary<string, string>> OutAsync(string link, string host)
    {
        using var browser = side.Browser();
        var address = await ConnectSide.GoOutAsync(browser, link);
        Assert.Equal(host, address.Host);
        return Flows.Query(address);
    }
}
