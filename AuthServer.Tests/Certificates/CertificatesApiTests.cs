using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Certificates;

/// <summary>The seven endpoints, as the document shows them, and the organization's key set.</summary>
[Trait("negative", "43")]
public sealed class CertificatesApiTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private OrganizationSide _acme = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _acme = await OrganizationSide.CreateAsync(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_new_certificate_shows_its_private_key_once_and_nobody_keeps_it()
    {
        var expiresAt = new DateTimeOffset(_server.Clock.Now.UtcDateTime.Date.AddDays(90), TimeSpan.Zero);
        var made = await CreateAsync(new
        {
            name = "Production API Key",
            algorithm = "RS256",
            expiresAt = expiresAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null),
            metadata = new { environment = "production", team = "backend" },
        });

        Assert.StartsWith("cert_", Text(made, "id"), StringComparison.Ordinal);
        Assert.StartsWith("kid_", Text(made, "kid"), StringComparison.Ordinal);
        Assert.Equal(_acme.Id, Text(made, "account"));
        Assert.Equal("active", Text(made, "status"));
        Assert.Equal("RS256", Text(made, "algorithm"));
        Assert.Equal(expiresAt, made.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal("backend", Text(made.GetProperty("metadata"), "team"));
        Assert.Equal(made.GetProperty("createdAt").GetDateTimeOffset(), made.GetProperty("updatedAt").GetDateTimeOffset());
        using var pair = RSA.Create();
        pair.ImportFromPem(Text(made, "privateKey"));
        Assert.Equal(2048, pair.KeySize);
        Assert.Equal(pair.ExportSubjectPublicKeyInfoPem(), Text(made, "publicKey"));

        var read = await _acme.GetAsync("/certificates/" + Text(made, "id"));
        Assert.False(read.TryGetProperty("privateKey", out _));
        Assert.Equal(Text(made, "publicKey"), Text(read, "publicKey"));
        var secret = Text(made, "privateKey").Split('\n')[5];
        var stored = await _server.QueryAsync(async context => JsonSerializer.Serialize(new
        {
            certificates = await context.Certificates.AsNoTracking().ToListAsync(),
            trail = await context.AuditEvents.AsNoTracking().ToListAsync(),
        }));
        Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, string.Join('\n', _server.Logs.All), StringComparison.Ordinal);
        Assert.Equal(Text(made, "id"), Assert.Single(await _server.TrailAsync("certificate.created")).Target);
    }

    [Theory]
    [InlineData(3072)]
    [InlineData(4096)]
    public async Task Longer_keys_are_made_on_request(int modulusLength)
    {
        using var pair = RSA.Create();
        pair.ImportFromPem(Text(await CreateAsync(new { name = "Long", modulusLength }), "privateKey"));
        Assert.Equal(modulusLength, pair.KeySize);
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"a\nb"}""", "name")]
    [InlineData("""{"name":"x","algorithm":"none"}""", "algorithm")]
    [InlineData("""{"name":"x","algorithm":"HS256"}""", "algorithm")]
    [InlineData("""{"name":"x","modulusLength":1024}""", "modulusLength")]
    [InlineData("""{"name":"x","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"x","expiresAt":"tomorrow"}""", "expiresAt")]
    [InlineData("""{"name":"x","expiresAt":"9999-12-31T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"x","metadata":["a"]}""", "metadata")]
    [InlineData("""{"name":"x","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["no such scope"]}""", "scopes[0]")]
    [InlineData("""{"name":"x","scopes":["account"]}""", "scopes[0]")]
    [InlineData("""{"name":"x","role":"owner"}""", "role")]
    [InlineData("""{"name":"x","privateKey":"mine"}""", "privateKey")]
    public async Task What_cannot_be_is_refused_by_the_field(string body, string field)
    {
        var answer = (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Post, "/certificates", body))).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }

    [Fact]
    public async Task The_list_is_newest_first_and_filtered_by_status_and_metadata()
    {
        var first = Text(await CreateAsync(new { name = "One", metadata = new { environment = "production", level = 1 } }), "id");
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = Text(await CreateAsync(new { name = "Two", metadata = new { environment = "staging" }, expiresAt = _server.Clock.Now.AddHours(1) }), "id");
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var third = Text(await CreateAsync(new { name = "Three", metadata = new { environment = "production" } }), "id");
        await _acme.PostAsync($"/certificates/{third}/revoke");

        Assert.Equal(new[] { third, second, first }, await IdsAsync(""));
        Assert.Equal(new[] { second, first }, await IdsAsync("?status=active"));
        Assert.Equal(new[] { first }, await IdsAsync("?status=active&metadata.environment=production"));
        Assert.Equal(new[] { first }, await IdsAsync("?metadata.level=1"));
        Assert.Empty(await IdsAsync("?metadata.nothing=production"));
        Assert.Equal(new[] { second }, await IdsAsync("?limit=1&offset=1"));
        _server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new[] { second }, await IdsAsync("?status=expired"));
        Assert.Equal(HttpStatusCode.BadRequest, (await _acme.SendAsync(HttpMethod.Get, "/certificates?status=revoked,active")).StatusCode);
    }

    [Fact]
    public async Task The_active_one_is_the_newest_that_lives()
    {
        (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Get, "/certificates/active"))).Is(HttpStatusCode.NotFound, "not_found");
        var lasting = Text(await CreateAsync(new { name = "Lasting" }), "id");
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var brief = Text(await CreateAsync(new { name = "Brief", expiresAt = _server.Clock.Now.AddMinutes(1) }), "id");
        Assert.Equal(brief, Text(await _acme.GetAsync("/certificates/active"), "id"));
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(lasting, Text(await _acme.GetAsync("/certificates/active"), "id"));
        await _acme.PostAsync($"/certificates/{lasting}/revoke");
        (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Get, "/certificates/active"))).Is(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_certificate_is_revoked_once_then_deleted_and_its_history_says_so()
    {
        var id = Text(await CreateAsync(new { name = "Short" }), "id");
        (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Delete, "/certificates/" + id))).Is(HttpStatusCode.BadRequest, "not_revoked");
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        var revoked = await _acme.PostAsync($"/certificates/{id}/revoke");
        Assert.Equal("revoked", Text(revoked, "status"));
        Assert.Equal(_server.Clock.Now, revoked.GetProperty("updatedAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Equal(["active", "revoked"], revoked.GetProperty("statusHistory").EnumerateArray().Select(change => Text(change, "status")));
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await _acme.PostAsync($"/certificates/{id}/revoke");
        Assert.Equal(revoked.GetRawText(), again.GetRawText());
        Assert.Single(await _server.TrailAsync("certificate.revoked"));

        Assert.Equal(HttpStatusCode.NoContent, (await _acme.SendAsync(HttpMethod.Delete, "/certificates/" + id)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _acme.SendAsync(HttpMethod.Get, "/certificates/" + id)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _acme.SendAsync(HttpMethod.Delete, "/certificates/" + id)).StatusCode);
        Assert.Single(await _server.TrailAsync("certificate.deleted"));
    }

    [Fact]
    public async Task The_public_key_is_for_everybody_while_the_certificate_lives_and_never_kept()
    {
        var made = await CreateAsync(new { name = "Public", expiresAt = _server.Clock.Now.AddHours(2) });
        var shown = (await PublicAsync("/certificates/public/" + Text(made, "kid"))).Is(HttpStatusCode.OK);
        Assert.Equal(["algorithm", "kid", "publicKey"], shown.Json.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal(Text(made, "publicKey"), Text(shown.Json, "publicKey"));
        Assert.Equal("no-store", shown.Response.Headers.CacheControl?.ToString());
        var key = Assert.Single((await PublicAsync("/certificates/jwks/" + _acme.Id)).Is(HttpStatusCode.OK).Json.GetProperty("keys").EnumerateArray());
        Assert.Equal((Text(made, "kid"), "RSA", "RS256", "sig"), (Text(key, "kid"), Text(key, "kty"), Text(key, "alg"), Text(key, "use")));

        var revoked = await CreateAsync(new { name = "Revoked" });
        await _acme.PostAsync($"/certificates/{Text(revoked, "id")}/revoke");
        (await PublicAsync("/certificates/public/" + Text(revoked, "kid"))).Is(HttpStatusCode.NotFound, "not_found");
        _server.Clock.Advance(TimeSpan.FromHours(2));
        (await PublicAsync("/certificates/public/" + Text(made, "kid"))).Is(HttpStatusCode.NotFound, "not_found");
        (await PublicAsync("/certificates/jwks/" + _acme.Id)).Is(HttpStatusCode.NotFound, "not_found");
        (await PublicAsync("/certificates/public/" + Text(made, "id"))).Is(HttpStatusCode.NotFound, "not_found");
        (await PublicAsync("/certificates/public/kid_'; DROP TABLE x")).Is(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Whoever_guesses_key_ids_must_wait()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:RateLimits:PerAddress", "2"));
        using var http = server.CreateClient();
        var guess = new Uri("/certificates/public/kid_nothing", UriKind.Relative);
        (await RestAnswer.ReadAsync(await http.GetAsync(guess))).Is(HttpStatusCode.NotFound, "not_found");
        (await RestAnswer.ReadAsync(await http.GetAsync(guess))).Is(HttpStatusCode.NotFound, "not_found");
        Assert.NotNull((await RestAnswer.ReadAsync(await http.GetAsync(guess))).Is(HttpStatusCode.TooManyRequests).Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Other_organizations_auditors_and_strangers_do_what_is_theirs_to_do()
    {
        var id = Text(await CreateAsync(new { name = "Ours" }), "id");
        var other = await OrganizationSide.CreateAsync(_server);
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Post, "/revoke"), (HttpMethod.Delete, "") })
        {
            (await RestAnswer.ReadAsync(await other.SendAsync(method, $"/certificates/{id}{path}"))).Is(HttpStatusCode.NotFound, "not_found");
        }

        Assert.Equal(0, (await other.GetAsync("/certificates")).GetProperty("data").GetArrayLength());
        var auditor = await _acme.ColleagueAsync(Role.Auditor);
        Assert.Equal(id, Text(await auditor.GetAsync("/certificates/" + id), "id"));
        (await RestAnswer.ReadAsync(await auditor.SendAsync(HttpMethod.Post, "/certificates", new { name = "x" }))).Is(HttpStatusCode.Forbidden, "role");
        var developer = await _acme.ColleagueAsync(Role.Developer);
        (await RestAnswer.ReadAsync(await developer.SendAsync(HttpMethod.Post, "/certificates", new { name = "x" }))).Is(HttpStatusCode.Forbidden, "role");
        (await RestAnswer.ReadAsync(await developer.SendAsync(HttpMethod.Post, $"/certificates/{id}/revoke"))).Is(HttpStatusCode.Forbidden, "role");
        (await RestAnswer.ReadAsync(await developer.SendAsync(HttpMethod.Delete, $"/certificates/{id}"))).Is(HttpStatusCode.Forbidden, "role");
        (await PublicAsync("/certificates")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        (await PublicAsync("/certificates/active")).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private Task<JsonElement> CreateAsync(object body) => _acme.AskAsync(HttpMethod.Post, "/certificates", body, HttpStatusCode.Created);

    private async Task<string[]> IdsAsync(string query) =>
        [.. (await _acme.GetAsync("/certificates" + query)).GetProperty("data").EnumerateArray().Select(one => Text(one, "id"))];

    private async Task<RestAnswer> PublicAsync(string path)
    {
        using var http = _server.CreateClient();
        return await RestAnswer.ReadAsync(await http.GetAsync(new Uri(path, UriKind.Relative)));
    }
}
