using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Organizations;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Certificates;

/// <summary>JWTs that an organization's programs sign themselves, as the credential of a call.</summary>
[Trait("negative", "43")]
[Trait("negative", "34")]
public sealed class CertificateTokenTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private OrganizationSide _acme = null!;
    private CertificateSide _program = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _acme = await OrganizationSide.CreateAsync(_server);
        _program = await CertificateSide.CreateAsync(_server, _acme);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_signed_token_acts_for_the_organization_until_it_or_its_certificate_ends()
    {
        var token = _program.Sign();
        var agent = (await _program.AskAsync(token, "/api/v1/agents")).Is(HttpStatusCode.OK);
        Assert.Equal(0, agent.Json.GetProperty("data").GetArrayLength());
        (await _program.AskAsync(token, "/certificates")).Is(HttpStatusCode.OK);
        _server.Clock.Advance(TimeSpan.FromSeconds(600));
        (await _program.AskAsync(token)).Is(HttpStatusCode.Unauthorized, "unauthenticated");

        var next = _program.Sign();
        (await _program.AskAsync(next)).Is(HttpStatusCode.OK);
        await _acme.PostAsync($"/certificates/{_program.Id}/revoke");
        (await _program.AskAsync(next)).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task An_address_that_named_too_many_keys_waits_before_another_is_looked_for_and_those_that_are_known_go_on()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:RateLimits:PerAddress", "5"));
        var acme = await OrganizationSide.CreateAsync(server);
        var (known, other) = (await CertificateSide.CreateAsync(server, acme), await CertificateSide.CreateAsync(server, acme));
        (await known.AskAsync(known.Sign())).Is(HttpStatusCode.OK);
        for (var i = 0; i < 5; i++)
        {
            var unknown = "kid_" + AuthServer.Protocol.Identifiers.New("cert_", server.Clock.Now)["cert_".Length..];
            (await known.AskAsync(known.Sign(header: new() { ["kid"] = unknown }))).Is(HttpStatusCode.Unauthorized);
        }

        (await other.AskAsync(other.Sign())).Is(HttpStatusCode.TooManyRequests);
        (await known.AskAsync(known.Sign())).Is(HttpStatusCode.OK);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        (await other.AskAsync(other.Sign())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_can_do_what_its_role_can_and_ends_with_its_maker()
    {
        var admin = await _acme.ColleagueAsync(Role.Admin);
        var program = await CertificateSide.CreateAsync(_server, admin);
        (await program.AskAsync(program.Sign(), "/api/v1/developers/api-keys", HttpMethod.Post)).Is(HttpStatusCode.Forbidden, "role");

        await _acme.AskAsync(HttpMethod.Delete, $"/api/v1/organizations/{_acme.Id}/members/{admin.UserId}", status: HttpStatusCode.NoContent);
        (await program.AskAsync(program.Sign())).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        (await _program.AskAsync(_program.Sign())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_expires_with_its_certificate_though_the_token_says_later()
    {
        var brief = await CertificateSide.CreateAsync(_server, _acme, new { name = "Brief", expiresAt = _server.Clock.Now.AddMinutes(5) });
        var token = brief.Sign();
        (await brief.AskAsync(token)).Is(HttpStatusCode.OK);
        _server.Clock.Advance(TimeSpan.FromMinutes(5));
        (await brief.AskAsync(token)).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Bound_to_scopes_it_opens_what_asks_for_one_of_them_and_nothing_else()
    {
        var bound = await CertificateSide.CreateAsync(_server, _acme, new { name = "Bound", scopes = new[] { "agents.read" } });
        var token = bound.Sign();
        (await bound.AskAsync(token, "/api/v1/agents")).Is(HttpStatusCode.OK);
        var insufficient = (await bound.AskAsync(token, "/api/v1/credentials", HttpMethod.Get)).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        Assert.Contains("insufficient_scope", insufficient.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        (await bound.AskAsync(token, "/certificates")).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        (await bound.AskAsync(token)).Is(HttpStatusCode.Forbidden, "insufficient_scope");
    }

    [Theory]
    [InlineData("iss", "acct_00000000000000000000000000")]
    [InlineData("sub", "acct_00000000000000000000000000")]
    [InlineData("iss", null)]
    [InlineData("sub", null)]
    [InlineData("aud", "https://elsewhere.example")]
    [InlineData("aud", null)]
    [InlineData("exp", null)]
    public async Task Claims_that_are_not_for_this_server_are_refused(string claim, string? value) =>
        (await _program.AskAsync(_program.Sign(new JsonObject { [claim] = value }))).Is(HttpStatusCode.Unauthorized, "unauthenticated");

    [Theory]
    [InlineData("exp", 3600 + 31)]
    [InlineData("exp", 0)]
    [InlineData("iat", 31)]
    [InlineData("nbf", 31)]
    public async Task A_token_lives_now_and_for_an_hour_at_most(string claim, int seconds) =>
        (await _program.AskAsync(_program.Sign(new JsonObject { [claim] = _server.Clock.Now.ToUnixTimeSeconds() + seconds }))).Is(HttpStatusCode.Unauthorized, "unauthenticated");

    [Fact]
    public async Task An_hour_is_not_too_long() =>
        (await _program.AskAsync(_program.Sign(new JsonObject { ["exp"] = _server.Clock.Now.ToUnixTimeSeconds() + 3600 }))).Is(HttpStatusCode.OK);

    [Theory]
    [InlineData("cnf", """{"jkt":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"}""")]
    [InlineData("authorization_details", """[{"type":"payment"}]""")]
    public async Task A_bound_that_is_not_understood_is_not_passed_over(string claim, string value) =>
        (await _program.AskAsync(_program.Sign(JsonNode.Parse($$"""{"{{claim}}":{{value}}}""")!.AsObject()))).Is(HttpStatusCode.Unauthorized, "unauthenticated");

    [Fact]
    public async Task A_list_of_audiences_is_refused_though_it_holds_the_right_one() =>
        (await _program.AskAsync(_program.Sign(new JsonObject { ["aud"] = new JsonArray(_server.Issuer, "https://elsewhere.example") }))).Is(HttpStatusCode.Unauthorized, "unauthenticated");

    [Fact]
    public async Task The_header_cannot_choose_another_algorithm_type_or_key()
    {
        var other = await CertificateSide.CreateAsync(_server, await OrganizationSide.CreateAsync(_server));
        foreach (var header in new JsonObject[]
        {
            new() { ["alg"] = "none" }, new() { ["alg"] = "HS256" }, new() { ["alg"] = "RS512" }, new() { ["typ"] = "at+jwt" }, new() { ["typ"] = "dpop+jwt" },
            new() { ["kid"] = other.KeyId }, new() { ["kid"] = "kid_00000000000000000000000000" }, new() { ["kid"] = null }, new() { ["crit"] = new JsonArray("exp") },
        })
        {
            (await _program.AskAsync(_program.Sign(header: header))).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        }

        // Its own key, but in another organization's name.
        (await _program.AskAsync(other.Sign(new JsonObject { ["iss"] = _acme.Id, ["sub"] = _acme.Id }))).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        (await _program.AskAsync(_program.Sign(), scheme: "DPoP")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task No_certificate_begets_another_whatever_its_role()
    {
        var admin = await CertificateSide.CreateAsync(_server, _acme, new { name = "Admin", role = "admin" });
        (await admin.AskAsync(admin.Sign(), "/certificates", HttpMethod.Post, body: new { name = "Child" })).Is(HttpStatusCode.Forbidden, "by_certificate");
    }

    [Fact]
    public async Task Bound_to_scopes_it_makes_no_agent_that_may_do_more_or_lives_longer()
    {
        var bound = await CertificateSide.CreateAsync(
            _server, _acme, new { name = "Bound", scopes = new[] { "agents.write", "credentials.write", "email:read" }, expiresAt = _server.Clock.Now.AddHours(1) });
        foreach (var more in new object[] { new { name = "a", allowedScopes = new[] { "payments.*" } }, new { name = "a", redirectUris = new[] { "https://a.example/" } } })
        {
            (await bound.AskAsync(bound.Sign(), "/api/v1/agents", HttpMethod.Post, body: more)).Is(HttpStatusCode.BadRequest, "invalid_request");
        }

        var agent = (await bound.AskAsync(bound.Sign(), "/api/v1/agents", HttpMethod.Post, body: new { name = "a", allowedScopes = new[] { "email:read" } })).Is(HttpStatusCode.Created).Json;
        var path = "/api/v1/agents/" + agent.GetProperty("id").GetString();
        (await bound.AskAsync(bound.Sign(), path, HttpMethod.Patch, body: new { allowedScopes = new[] { "payments.charge" } })).Is(HttpStatusCode.BadRequest, "invalid_request");
        var key = (await bound.AskAsync(bound.Sign(), "/api/v1/credentials", HttpMethod.Post, body: new { agentId = agent.GetProperty("id").GetString() })).Is(HttpStatusCode.Created).Json;
        Assert.Equal(_server.Clock.Now.AddHours(1), key.GetProperty("credential").GetProperty("expires_at").GetDateTimeOffset(), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_a_program_does_is_told_of_its_certificate()
    {
        var admin = await CertificateSide.CreateAsync(_server, _acme, new { name = "Admin", role = "admin" });
        (await admin.AskAsync(admin.Sign(), $"/certificates/{_program.Id}/revoke", HttpMethod.Post)).Is(HttpStatusCode.OK);
        var told = Assert.Single(await _server.TrailAsync("certificate.revoked"));
        Assert.Equal((_acme.UserId, _acme.Id), (told.Subject, told.OrganizationId));
        Assert.Contains(admin.Id, told.Detail, StringComparison.Ordinal);
    }
}
