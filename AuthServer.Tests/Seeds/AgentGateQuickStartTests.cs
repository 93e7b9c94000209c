using System.Net;
using System.Text;
using System.Text.Json;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Seeds;

/// <summary>AgentGate's quick start, line by line, with its own requests: only the host and the ids that it leaves open are filled in.</summary>
public sealed class AgentGateQuickStartTests
{
    private const string Redirect = "https://yourapp.com/callback";

    [Fact]
    public async Task The_quick_start_works_as_it_is_written()
    {
        await using var server = await TestServer.StartAsync();
        using var http = server.CreateClient();
        async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode status = HttpStatusCode.OK, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            }

            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await http.SendAsync(request);
            return await ReadAsync(response, status);
        }

        // 1. Register as a developer.
        var developer = await SendAsync(
            HttpMethod.Post, "/api/v1/developers/register", """{"name":"Acme AI","email":"dev@acme.com","password":"securepass123"}""", HttpStatusCode.Created);
        var key = ("X-Api-Key", Text(developer, "apiKey"));
        Assert.StartsWith("ag_", key.Item2, StringComparison.Ordinal);
        var login = await SendAsync(HttpMethod.Post, "/api/v1/developers/login", """{"email":"dev@acme.com","password":"securepass123"}""");
        Assert.Equal("dev@acme.com", Text(login.GetProperty("developer"), "email"));
        Assert.True(login.TryGetProperty("token", out _) && login.TryGetProperty("expiresAt", out _));

        // 2. Register an agent.
        var agent = await SendAsync(
            HttpMethod.Post,
            "/api/v1/agents",
            """
            {
            "name": "SmartMail",
            "description": "AI email assistant",
            "redirectUris": ["https://yourapp.com/callback"],
            "allowedScopes": ["email:read", "email:send"]
            }
            """,
            HttpStatusCode.Created,
            key);
        var (clientId, clientSecret) = (Text(agent, "clientId"), Text(agent, "clientSecret"));
        Assert.StartsWith("agc_", clientId, StringComparison.Ordinal);
        Assert.StartsWith("ags_", clientSecret, StringComparison.Ordinal);

        // The user, who has an account.
        var user = await SendAsync(
            HttpMethod.Post, "/api/v1/users/register", """{"name":"Ada","email":"ada@acme.com","password":"a long and quiet sentence"}""", HttpStatusCode.Created);
        var userId = Text(user.GetProperty("user"), "id");

        // 3. Request user consent.
        var consent = await SendAsync(
            HttpMethod.Post,
            "/api/v1/consent/initiate",
            $$"""
            {
            "clientId": "{{clientId}}",
            "requestedScopes": ["email:read", "email:send"],
            "redirectUri": "https://yourapp.com/callback",
            "userId": "{{userId}}"
            }
            """,
            HttpStatusCode.Created);
        await SendAsync(HttpMethod.Get, $"/api/v1/consent/{Text(consent, "consentId")}", null);

        // The user sees what is asked, and approves.
        using var browser = new TestBrowser(server);
        await browser.GoAsync(Text(consent, "consentUrl"));
        await browser.SignInAsync("ada@acme.com", "a long and quiet sentence");
        Assert.Contains("SmartMail", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Allow");
        Assert.Equal(Redirect, browser.Left!.GetLeftPart(UriPartial.Path));

        // 4. Exchange the code.
        var session = await SendAsync(
            HttpMethod.Post,
            "/api/v1/tokens/exchange",
            $$"""
            {
            "code": "{{Flows.Query(browser.Left)["code"]}}",
            "clientId": "{{clientId}}",
            "clientSecret": "{{clientSecret}}"
            }
            """);

        // 5. Verify the token before acting.
        string Verify(string token) =>
            $$"""
            {
            "token": "{{token}}",
            "requiredScopes": ["email:send"]
            }
            """;
        var verified = await SendAsync(HttpMethod.Post, "/api/v1/tokens/verify", Verify(Text(session, "accessToken")));
        Assert.True(verified.GetProperty("allowed").GetBoolean());
        Assert.Equal(userId, Text(verified, "userId"));
        Assert.Equal(["email:read", "email:send"], Texts(verified, "grantedScopes").Order(StringComparer.Ordinal));

        // A policy, as the SDK sends it.
        var policy = await SendAsync(
            HttpMethod.Post,
            "/api/v1/policies",
            $$"""
            {
            "agentId": "{{Text(agent, "id")}}",
            "name": "Rate limit emails",
            "rules": [{
            "type": "rate_limit",
            "config": { "maxRequests": 1, "windowSeconds": 3600, "scope": "per_user" }
            }]
            }
            """,
            HttpStatusCode.Created,
            key);
        Assert.True((await SendAsync(HttpMethod.Post, "/api/v1/tokens/verify", Verify(Text(session, "accessToken")))).GetProperty("allowed").GetBoolean());
        var limited = await SendAsync(HttpMethod.Post, "/api/v1/tokens/verify", Verify(Text(session, "accessToken")));
        Assert.False(limited.GetProperty("allowed").GetBoolean());

        // The rest of its table: refresh, the user's consents, revoke, the trail of both, scopes, health.
        var refreshed = await SendAsync(
            HttpMethod.Post,
            "/api/v1/tokens/refresh",
            $$"""{"refreshToken":"{{Text(session, "refreshToken")}}","clientId":"{{clientId}}","clientSecret":"{{clientSecret}}"}""");
        var asUser = ("Authorization", "Bearer " + Text(user, "token"));
        var consents = await SendAsync(HttpMethod.Get, $"/api/v1/users/{userId}/consents", null, HttpStatusCode.OK, asUser);
        var granted = Assert.Single(consents.GetProperty("data").EnumerateArray());
        await SendAsync(HttpMethod.Post, $"/api/v1/users/{userId}/consents/{Text(granted, "id")}/revoke", null, HttpStatusCode.NoContent, asUser);
        Assert.False((await SendAsync(HttpMethod.Post, "/api/v1/tokens/verify", Verify(Text(refreshed, "accessToken")))).GetProperty("allowed").GetBoolean());
        await SendAsync(HttpMethod.Post, "/api/v1/tokens/revoke", $$"""{"token":"{{Text(refreshed, "accessToken")}}"}""");

        var trail = await SendAsync(HttpMethod.Get, $"/api/v1/audit?agentId={Text(agent, "id")}&outcome=denied", null, HttpStatusCode.OK, key);
        Assert.Equal(Text(policy, "id"), Text(trail.GetProperty("data")[0], "policyId"));
        var own = await SendAsync(HttpMethod.Get, $"/api/v1/users/{userId}/audit-logs", null, HttpStatusCode.OK, asUser);
        Assert.Contains(own.GetProperty("data").EnumerateArray(), entry => Text(entry, "type") == "consent.revoked");

        Assert.Equal(25, (await SendAsync(HttpMethod.Get, "/api/v1/scopes", null)).GetProperty("data").EnumerateArray().Count(IsOfTheSeed));
        Assert.Equal(3, (await SendAsync(HttpMethod.Get, "/api/v1/scopes/email", null)).GetProperty("data").EnumerateArray().Count(IsOfTheSeed));
        await SendAsync(HttpMethod.Get, "/api/v1/health", null);
        await SendAsync(HttpMethod.Patch, $"/api/v1/agents/{Text(agent, "id")}", """{"description":"Mail"}""", HttpStatusCode.OK, key);
        var rotated = await SendAsync(HttpMethod.Post, $"/api/v1/agents/{Text(agent, "id")}/rotate-secret", null, HttpStatusCode.OK, key);
        Assert.NotEqual(clientSecret, Text(rotated, "clientSecret"));
        await SendAsync(HttpMethod.Patch, $"/api/v1/policies/{Text(policy, "id")}", """{"enabled":false}""", HttpStatusCode.OK, key);
        await SendAsync(HttpMethod.Delete, $"/api/v1/policies/{Text(policy, "id")}", null, HttpStatusCode.NoContent, key);
        var next = await SendAsync(HttpMethod.Post, "/api/v1/developers/api-keys/rotate", null, HttpStatusCode.OK, key);
        await SendAsync(HttpMethod.Get, "/api/v1/agents", null, HttpStatusCode.Unauthorized, key);
        await SendAsync(HttpMethod.Get, "/api/v1/agents", null, HttpStatusCode.OK, ("X-Api-Key", Text(next, "apiKey")));
    }

    private static bool IsOfTheSeed(JsonElement scope) => Text(scope, "name") is
        "email:read" or "email:send" or "email:manage" or "calendar:read" or "calendar:write" or "github:repo:read" or "github:repo:write" or "github:pr:create"
        or "github:pr:merge" or "github:issues:write" or "crm:contacts:read" or "crm:contacts:write" or "crm:deals:read" or "crm:deals:write" or "messaging:read"
        or "messaging:send" or "files:read" or "files:write" or "files:delete" or "db:read" or "db:write" or "payments:read" or "payments:charge"
        or "profile:read" or "profile:write";
}
