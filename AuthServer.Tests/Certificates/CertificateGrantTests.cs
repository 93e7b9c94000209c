using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Certificates;

/// <summary>RFC 7523: a JWT that a certificate signed as an authorization grant (§2.1) and as a client's authentication (§2.2).</summary>
[Trait("negative", "34")]
public sealed class CertificateGrantTests : IAsyncLifetime
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private TestServer _server = null!;
    private OrganizationSide _acme = null!;
    private CertificateSide _program = null!;
    private string _clientId = "";

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _acme = await OrganizationSide.CreateAsync(_server);
        _program = await CertificateSide.CreateAsync(_server, _acme);
        _clientId = (await _acme.RegisterAsync()).GetProperty("clientId").GetString()!;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task An_agent_gets_its_token_by_its_organizations_certificate_until_that_is_revoked()
    {
        foreach (var form in new[] { ByGrant(Assertion()), ByClientAssertion(Assertion()) })
        {
            var answer = (await TokenAsync([.. form, ("client_id", _clientId), ("scope", "email:read")])).Is(HttpStatusCode.OK).Json;
            Assert.Equal("email:read", answer.GetProperty("scope").GetString());
            Assert.False(answer.TryGetProperty("refresh_token", out _));
            var token = answer.GetProperty("access_token").GetString()!;
            Assert.True(await IsAllowedAsync(token));
        }

        var last = (await TokenAsync([.. ByGrant(Assertion()), ("client_id", _clientId)])).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
        await _acme.PostAsync($"/certificates/{_program.Id}/revoke");
        Assert.False(await IsAllowedAsync(last));
        (await TokenAsync([.. ByGrant(Assertion()), ("client_id", _clientId)])).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task At_the_agents_own_door_it_gives_no_refresh_token_either()
    {
        var answer = (await TokenAsync([.. ByClientAssertion(Assertion()), ("client_id", _clientId)], "/api/v1/auth/token")).Is(HttpStatusCode.OK).Json;
        Assert.False(answer.TryGetProperty("refresh_token", out _));
    }

    [Fact]
    public async Task Without_a_client_the_organization_gets_a_token_for_this_servers_own_api_alone()
    {
        var answer = (await TokenAsync(ByGrant(Assertion()))).Is(HttpStatusCode.OK).Json;
        var token = answer.GetProperty("access_token").GetString()!;
        (await _program.AskAsync(token, "/api/v1/agents")).Is(HttpStatusCode.OK);
        (await _program.AskAsync(token, $"/api/v1/users/{_acme.UserId}/consents")).Is(HttpStatusCode.Unauthorized);

        Assert.Equal("invalid_scope", Error((await TokenAsync([.. ByGrant(Assertion()), ("scope", "account")])).Is(HttpStatusCode.BadRequest)));
        Assert.Equal("invalid_target", Error((await TokenAsync([.. ByGrant(Assertion()), ("resource", "https://api.example.com")])).Is(HttpStatusCode.BadRequest)));
        await _acme.PostAsync($"/certificates/{_program.Id}/revoke");
        (await _program.AskAsync(token, "/api/v1/agents")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_organizations_token_can_do_no_more_than_the_certificate()
    {
        var bound = await CertificateSide.CreateAsync(_server, _acme, new { name = "Bound", scopes = new[] { "agents.read" } });
        var token = (await TokenAsync(ByGrant(Assertion(bound)))).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
        (await bound.AskAsync(token, "/api/v1/agents")).Is(HttpStatusCode.OK);
        (await bound.AskAsync(token, "/certificates")).Is(HttpStatusCode.Forbidden, "insufficient_scope");

        // Its maker owns the organization; the certificate is a developer's.
        var plain = (await TokenAsync(ByGrant(Assertion()))).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
        (await bound.AskAsync(plain, "/api/v1/developers/api-keys", HttpMethod.Post)).Is(HttpStatusCode.Forbidden, "role");
    }

    [Fact]
    public async Task An_agents_token_is_bound_to_the_certificates_scopes_and_end()
    {
        var brief = await CertificateSide.CreateAsync(_server, _acme, new { name = "Brief", scopes = new[] { "email:*" }, expiresAt = _server.Clock.Now.AddMinutes(5) });
        Assert.Equal("invalid_scope", Error((await TokenAsync([.. ByGrant(Assertion(brief, 200)), ("client_id", _clientId), ("scope", "crm.read")])).Is(HttpStatusCode.BadRequest)));
        var answer = (await TokenAsync([.. ByGrant(Assertion(brief, 200)), ("client_id", _clientId), ("scope", "email:read")])).Is(HttpStatusCode.OK).Json;
        Assert.Equal(300, answer.GetProperty("expires_in").GetInt32());
    }

    [Fact]
    public async Task Agents_of_others_other_clients_and_auditors_are_refused()
    {
        var theirs = (await (await OrganizationSide.CreateAsync(_server)).RegisterAsync()).GetProperty("clientId").GetString()!;
        foreach (var clientId in new[] { theirs, "demo", "nobody", "authserver" })
        {
            Assert.Equal("invalid_grant", Error((await TokenAsync([.. ByGrant(Assertion()), ("client_id", clientId)])).Is(HttpStatusCode.BadRequest)));
            (await TokenAsync([.. ByClientAssertion(Assertion()), ("client_id", clientId)])).Is(HttpStatusCode.Unauthorized);
        }

        (await TokenAsync(ByClientAssertion(Assertion()))).Is(HttpStatusCode.Unauthorized);
        var auditor = await CertificateSide.CreateAsync(_server, _acme, new { name = "Auditor", role = "auditor" });
        (await TokenAsync([.. ByGrant(Assertion(auditor)), ("client_id", _clientId)])).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_assertion_is_used_once_names_itself_and_stands_alone()
    {
        var once = Assertion();
        (await TokenAsync([.. ByGrant(once), ("client_id", _clientId)])).Is(HttpStatusCode.OK);
        Assert.Equal("invalid_grant", Error((await TokenAsync([.. ByGrant(once), ("client_id", _clientId)])).Is(HttpStatusCode.BadRequest)));
        (await TokenAsync([.. ByClientAssertion(once), ("client_id", _clientId)])).Is(HttpStatusCode.Unauthorized);
        Assert.Equal("invalid_grant", Error((await TokenAsync([.. ByGrant(_program.Sign()), ("client_id", _clientId)])).Is(HttpStatusCode.BadRequest)));
        Assert.Equal("invalid_request", Error((await TokenAsync([.. ByGrant(Assertion()), ("client_secret", "ags_x"), ("client_id", _clientId)])).Is(HttpStatusCode.BadRequest)));
        Assert.Equal("invalid_request", Error((await TokenAsync([("grant_type", Grant)])).Is(HttpStatusCode.BadRequest)));
        Assert.Equal("invalid_grant", Error((await TokenAsync(ByGrant("nonsense"))).Is(HttpStatusCode.BadRequest)));
    }

    [Fact]
    public async Task The_trail_says_by_which_certificate_a_token_came()
    {
        (await TokenAsync([.. ByGrant(Assertion()), ("client_id", _clientId)])).Is(HttpStatusCode.OK);
        Assert.Contains(_program.Id, Assert.Single(await _server.TrailAsync("token.issued")).Detail, StringComparison.Ordinal);
        (await TokenAsync([.. ByGrant(Assertion()), ("scope", "account")])).Is(HttpStatusCode.BadRequest);
        Assert.Equal(_acme.Id, Assert.Single(await _server.TrailAsync("token.refused")).OrganizationId);
    }

    [Fact]
    public async Task It_is_no_clients_authentication_at_other_endpoints()
    {
        foreach (var path in new[] { "/connect/introspect", "/connect/revoke" })
        {
            (await TokenAsync([.. ByGrant(Assertion()), ("token", "anything")], path)).Is(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Its_programs_verify_tokens_of_their_organization_by_it()
    {
        var token = (await TokenAsync([.. ByGrant(Assertion()), ("client_id", _clientId)])).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
        using var http = _server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tokens/verify") { Content = new StringContent(JsonSerializer.Serialize(new { token }), null, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _program.Sign());
        var decided = (await RestAnswer.ReadAsync(await http.SendAsync(request))).Is(HttpStatusCode.OK).Json;
        Assert.True(decided.GetProperty("allowed").GetBoolean());
        Assert.True(decided.TryGetProperty("reason", out _), decided.GetRawText());
    }

    private static string Error(RestAnswer answer) => answer.Json.GetProperty("error").GetString()!;

    private static (string, string)[] ByGrant(string assertion) => [("grant_type", Grant), ("assertion", assertion)];

    private static (string, string)[] ByClientAssertion(string assertion) =>
        [("grant_type", "client_credentials"), ("client_assertion_type", AssertionType), ("client_assertion", assertion)];

    private string Assertion(CertificateSide? program = null, int seconds = 600) => (program ?? _program).Sign(
        new JsonObject { ["jti"] = Guid.NewGuid().ToString(), ["exp"] = _server.Clock.Now.ToUnixTimeSeconds() + seconds });

    private async Task<RestAnswer> TokenAsync((string Name, string Value)[] form, string path = "/connect/token")
    {
        using var http = _server.CreateClient();
        using var body = new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        return await RestAnswer.ReadAsync(await http.PostAsync(new Uri(path, UriKind.Relative), body));
    }

    private async Task<bool> IsAllowedAsync(string token) => (await _acme.PostAsync("/api/v1/tokens/verify", new { token })).GetProperty("allowed").GetBoolean();
}
