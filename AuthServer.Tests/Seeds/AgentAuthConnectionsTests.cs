using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Seeds;

/// <summary>The page about connections of Agent Auth: what it names is sent as it is spelled there, in its order.</summary>
public sealed class AgentAuthConnectionsTests : IAsyncLifetime
{
    // "Creating connections": its seven steps. A step of the dashboard is a request here.
    private static readonly SeedRequest[] SevenSteps =
    [
        new("GET /api/v1/connections", null, HttpStatusCode.OK, """{ "data": [] }"""),
        new("GET /api/v1/providers/{provider}", null, HttpStatusCode.OK, """{ "id": "openai", "name": "OpenAI", "category": "ai" }"""),
        new(
            "POST /api/v1/connections",
            """{ "provider": "{provider}", "auth_type": "api_key", "status": "draft" }""",
            HttpStatusCode.Created,
            """{ "id": "conn_1", "status": "draft" }""",
            ("id", "id")),
        new("PATCH /api/v1/connections/{id}", """{ "credentials": { "api_key": "{api_key}" } }""", HttpStatusCode.OK),
        new("PATCH /api/v1/connections/{id}", """{ "access": { "use": ["admin", "agents"] } }""", HttpStatusCode.OK),
        new("POST /api/v1/connections/{id}/test", null, HttpStatusCode.OK, """{ "verdict": "accepted", "latency_ms": 12 }"""),
        new("POST /api/v1/connections/{id}/activate", null, HttpStatusCode.OK, """{ "status": "active" }"""),
    ];

    // "Connection configuration", setting by setting.
    private static readonly SeedRequest[] Configuration =
    [
        new(
            "POST /api/v1/connections",
            """
            {
              "provider": "jira", "name": "Jira of the team", "auth_type": "oauth2",
              "credentials": { "client_id": "a-client-id", "client_secret": "a-client-secret-of-the-team" },
              "scopes": ["read:jira-work", "write:jira-work", "manage:jira-project"],
              "settings": { "redirect_uri": null, "authorization_url": null, "token_url": null, "api_version": null, "custom": { "board": "42" } }
            }
            """,
            HttpStatusCode.Created,
            """{ "client_id": "a-client-id", "has_secret": true, "scopes": ["read:jira-work"], "settings": { "custom": { "board": "42" } } }""",
            ("id", "jira")),
        new(
            "POST /api/v1/connections",
            """
            {
              "provider": "sendgrid", "name": "Mail", "auth_type": "api_key",
              "credentials": { "api_key": "SG.0123456789abcdef" },
              "settings": { "base_url": null, "key": { "in": "header", "name": "Authorization", "prefix": "Bearer " } }
            }
            """,
            HttpStatusCode.Created,
            """{ "auth_type": "api_key", "has_secret": true, "secret_last4": "cdef" }"""),
        new(
            "POST /api/v1/connections",
            """
            {
              "provider": "gmail", "name": "Mail to read and send", "auth_type": "oauth2",
              "credentials": { "client_id": "your-gmail-client-id", "client_secret": "your-gmail-client-secret" },
              "scopes": ["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.send", "https://www.googleapis.com/auth/gmail.modify"]
            }
            """,
            HttpStatusCode.Created),
        new(
            "POST /api/v1/connections",
            """
            {
              "provider": "slack", "name": "Slack with files", "auth_type": "oauth2",
              "credentials": { "client_id": "your-slack-client-id", "client_secret": "your-slack-client-secret" },
              "scopes": ["channels:read", "chat:write", "files:read"]
            }
            """,
            HttpStatusCode.Created),
        new("PATCH /api/v1/connections/{jira}", """{ "scope_preset": "read-only" }""", HttpStatusCode.OK),
        new("PATCH /api/v1/connections/{jira}", """{ "scope_preset": "read-write" }""", HttpStatusCode.OK),
        new(
            "PATCH /api/v1/connections/{jira}",
            """
            {
              "settings": {
                "auto_refresh": true, "token_lifetime": 3600, "refresh_buffer": 300, "token_storage": "vault",
                "timeout": 30, "retries": 2, "user_agent": "acme-agents/1.0", "headers": { "X-Team": "platform" }
              }
            }
            """,
            HttpStatusCode.OK,
            """
            { "settings": { "auto_refresh": true, "token_lifetime": 3600, "refresh_buffer": 300, "timeout": 30, "retries": 2, "user_agent": "acme-agents/1.0", "headers": { "X-Team": "platform" } } }
            """),
    ];

    // "Managing connections": states, updates, the history behind them.
    private static readonly SeedRequest[] Managing =
    [
        new("GET /api/v1/connections/{jira}", null, HttpStatusCode.OK, """{ "status": "active" }"""),
        new("POST /api/v1/connections/{jira}/deactivate", null, HttpStatusCode.OK, """{ "status": "inactive" }"""),
        new("POST /api/v1/connections/{jira}/activate", null, HttpStatusCode.OK, """{ "status": "active" }"""),
        new("PATCH /api/v1/connections/{jira}", """{ "description": "Issues and projects", "environment": "production" }""", HttpStatusCode.OK),
        new("GET /api/v1/connections/{jira}/versions", null, HttpStatusCode.OK, """{ "data": [{ "version": 1 }] }"""),
        new("GET /api/v1/connections/{jira}/access", null, HttpStatusCode.OK, """{ "data": [{}] }"""),
        new("GET /api/v1/connections/{jira}/export", null, HttpStatusCode.OK),
    ];

    // "Connection templates", as they stand there. Credentials are missing, so that each is a draft.
    private static readonly SeedRequest[] Templates =
    [
        new(
            "POST /api/v1/connections",
            """
            { "provider": "google_workspace", "auth_type": "oauth2", "scopes": [ "https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/calendar.readonly" ], "settings": { "auto_refresh": true, "rate_limit": 100, "timeout": 30 }}
            """,
            HttpStatusCode.Created,
            """{ "provider": "google_workspace", "auth_type": "oauth2", "scopes": ["x"], "settings": { "auto_refresh": true, "rate_limit": 100, "timeout": 30 } }"""),
        new(
            "POST /api/v1/connections",
            """
            { "provider": "slack", "auth_type": "oauth2", "scopes": [ "channels:read", "chat:write", "users:read" ], "settings": { "auto_refresh": true, "rate_limit": 50, "timeout": 15 }}
            """,
            HttpStatusCode.Created,
            """{ "provider": "slack", "auth_type": "oauth2", "scopes": ["x"], "settings": { "auto_refresh": true, "rate_limit": 50, "timeout": 15 } }"""),
        new("GET /api/v1/connection-templates", null, HttpStatusCode.OK, """{ "data": [{ "id": "slack", "template": { "provider": "slack" } }] }"""),
    ];

    private VaultSide _side = null!;

    public async Task InitializeAsync() => _side = await VaultSide.StartAsync();

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task What_it_names_is_understood_as_it_is_spelled()
    {
        var run = new SeedRun(_side.Server, _side.Acme.Key) { ["provider"] = VaultSide.ProviderId, ["api_key"] = FakeProvider.ApiKey };
        foreach (var request in (SeedRequest[])[.. SevenSteps, .. Configuration, .. Managing])
        {
            await run.SendAsync(request);
        }

        foreach (var template in Templates)
        {
            var made = await run.SendAsync(template);
            if (template.Body is { } body)
            {
                Assert.Equal("draft", made.GetProperty("status").GetString());
                using var written = JsonDocument.Parse(body);
                Assert.Equal(
                    written.RootElement.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()), made.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
                Assert.All(written.RootElement.GetProperty("settings").EnumerateObject(), setting => Assert.Equal(setting.Value.GetRawText(), made.GetProperty("settings").GetProperty(setting.Name).GetRawText()));
            }
        }
    }
}
