using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;

namespace AuthServer.Tests.Seeds;

/// <summary>AGNT Connect: its commands in its order, as they are written. Tokens, ids and the date are filled in; "Google" is a provider of the test's own.</summary>
public sealed class AgntConnectTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string Certificate =
        """
        {
          "name": "Production API Key",
          "algorithm": "RS256",
          "expiresAt": "{date}T00:00:00.000Z",
          "metadata": {
            "environment": "production",
            "team": "backend"
          }
        }
        """;

    private const string ShownCertificate =
        """
        {
          "id": "cert_abc123",
          "account": "acct_xyz789",
          "kid": "kid_a1b2c3",
          "name": "Production API Key",
          "publicKey": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhki...\n-----END PUBLIC KEY-----",
          "algorithm": "RS256",
          "status": "active",
          "expiresAt": "2027-03-01T00:00:00.000Z",
          "metadata": {
            "environment": "production",
            "team": "backend"
          },
          "createdAt": "2026-03-01T10:00:00.000Z",
          "updatedAt": "2026-03-01T10:00:00.000Z"
        }
        """;

    private static readonly SeedRequest[] QuickStart =
    [
        new("POST /certificates", Certificate, HttpStatusCode.Created, ShownCertificate),
        new(
            "PUT /credentials",
            """
            {
              "openaiApiKey": "sk-...",
              "anthropicApiKey": "sk-ant-..."
            }
            """,
            HttpStatusCode.OK),
    ];

    private static readonly SeedRequest[] Reference =
    [
        new("POST /certificates", Certificate, HttpStatusCode.Created, ShownCertificate, ("id", "certificateId"), ("kid", "kid")),
        new(
            "GET /certificates",
            null,
            HttpStatusCode.OK,
            """
            {
              "data": [
                {
                  "id": "cert_abc123",
                  "kid": "kid_a1b2c3",
                  "name": "Production API Key",
                  "algorithm": "RS256",
                  "status": "active",
                  "expiresAt": "2027-03-01T00:00:00.000Z",
                  "metadata": {
                    "environment": "production",
                    "team": "backend"
                  },
                  "createdAt": "2026-03-01T10:00:00.000Z"
                }
              ]
            }
            """),
        new("GET /certificates/active", null, HttpStatusCode.OK, ShownCertificate),
        new(
            "GET /certificates/public/{kid}",
            null,
            HttpStatusCode.OK,
            """
            {
              "kid": "kid_a1b2c3",
              "publicKey": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhki...\n-----END PUBLIC KEY-----",
              "algorithm": "RS256"
            }
            """)
        {
            IsSigned = false,
        },
        new("GET /certificates/{certificateId}", null, HttpStatusCode.OK, ShownCertificate),

        // Attempting to delete an active certificate returns 400 Bad Request.
        new("DELETE /certificates/{certificateId}", null, HttpStatusCode.BadRequest),
        new(
            "POST /certificates/{certificateId}/revoke",
            null,
            HttpStatusCode.OK,
            """
            {
              "id": "cert_abc123",
              "status": "revoked",
              "updatedAt": "2026-03-01T12:00:00.000Z"
            }
            """),
        new("DELETE /certificates/{certificateId}", null, HttpStatusCode.NoContent),
        new(
            "GET /credentials",
            null,
            HttpStatusCode.OK,
            """
            {
              "hasOpenaiApiKey": true,
              "openaiApiKeyLast4": null,
              "hasAnthropicApiKey": true,
              "anthropicApiKeyLast4": null,
              "hasGoogleApiKey": false,
              "googleApiKeyLast4": null
            }
            """),
        new(
            "PUT /credentials",
            """
            {
              "openaiApiKey": "sk-new-key-here...",
              "anthropicApiKey": "sk-ant-new-key..."
            }
            """,
            HttpStatusCode.OK,
            """
            {
              "hasOpenaiApiKey": true,
              "openaiApiKeyLast4": "re..",
              "hasAnthropicApiKey": true,
              "anthropicApiKeyLast4": "ey..",
              "updatedAt": "2026-03-01T10:05:00.000Z"
            }
            """),
        new(
            "GET /oauth-tokens?identifierId={user_456}&resource=google",
            null,
            HttpStatusCode.OK,
            """
            {
              "data": [
                {
                  "id": "oat_001",
                  "identifierId": "user_456",
                  "resource": "google",
                  "scopes": ["calendar.readonly", "calendar.events"],
                  "status": "active",
                  "expiresAt": "2026-03-01T11:00:00.000Z",
                  "createdAt": "2026-02-28T10:00:00.000Z"
                }
              ]
            }
            """),
    ];

    private static readonly SeedRequest Exchange = new(
        "POST /auth/exchange",
        """
        {
          "code": "{code}",
          "provider": "google",
          "redirectUri": "{redirectUri}"
        }
        """,
        HttpStatusCode.OK,
        """
        {
          "success": true,
          "provider": "google",
          "scopes": ["calendar.readonly", "calendar.events"],
          "expiresAt": "2026-03-01T11:00:00.000Z"
        }
        """);

    [Fact]
    public async Task Its_commands_work_as_they_are_written()
    {
        await side.ConnectionAsync(provider => provider["family"] = "google", connection => (connection.IsDefault, connection.ReturnCheck) = (true, ReturnCheck.App));
        await side.ConnectionAsync(connection => connection.ProviderId = "outlook");
        var (browser, user, _) = await side.PersonAsync();
        using var _1 = browser;
        var run = new SeedRun(side.Server, side.Acme.Key)
        {
            ["date"] = side.Server.Clock.Now.AddDays(90).ToString("yyyy-MM-dd", null),
            ["user_456"] = user,
            ["redirectUri"] = ConnectSide.Callback,
        };

        // Quick start: a certificate, keys, and Google, whose tokens are stored once the code is exchanged.
        foreach (var request in QuickStart)
        {
            await run.SendAsync(request);
        }

        run["code"] = await CodeAsync(browser, "/auth/google");
        await run.SendAsync(Exchange);

        // The reference: each of its endpoints once more.
        foreach (var request in Reference)
        {
            var answer = await run.SendAsync(request);
            Assert.DoesNotContain("sk-", answer.ToString(), StringComparison.Ordinal);
        }

        run["code"] = await CodeAsync(browser, "/auth/google");
        Assert.Equal("login.microsoftonline.com", (await OpenAsync(browser, "/auth/microsoft")).Host);
        Assert.Equal("google", (await run.SendAsync(Exchange)).GetProperty("provider").GetString());
        await run.SendAsync(new("GET /certificates/public/{kid}", null, HttpStatusCode.NotFound) { IsSigned = false });
    }

    /// <summary>The user authorizes, and is redirected to the callback URL with a code.</summary>
    private async Task<string> CodeAsync(TestBrowser browser, string address)
    {
        await browser.GoAsync((await side.AgreeAsync(await OpenAsync(browser, address))).ToString());
        Assert.True(browser.Left is not null, browser.Text);
        Assert.StartsWith(ConnectSide.Callback, browser.Left.ToString(), StringComparison.Ordinal);
        return Flows.Query(browser.Left)["code"];
    }

    /// <summary>Redirects the user to the provider.</summary>
    private async Task<Uri> OpenAsync(TestBrowser browser, string address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = side.Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Sec-Fetch-Site", "none");
        using var response = await http.SendAsync(request);
        Assert.True(response.Headers.Location is not null, await response.Content.ReadAsStringAsync());
        return response.Headers.Location;
    }
}
