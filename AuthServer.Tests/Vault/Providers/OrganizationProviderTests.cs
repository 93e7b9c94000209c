using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>Providers that organizations describe for themselves.</summary>
public sealed class OrganizationProviderTests : IAsyncLifetime
{
    private const string Route = "/api/v1/providers";

    private TestServer _server = null!;
    private OrganizationSide _acme = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _acme = await OrganizationSide.CreateAsync(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task One_is_described_shown_replaced_and_deleted_and_the_trail_tells_of_it()
    {
        using var created = await _acme.SendAsync(HttpMethod.Post, Route, OwnProvider.Valid());
        var made = (await RestAnswer.ReadAsync(created)).Is(HttpStatusCode.Created).Json;
        Assert.Equal(Route + "/tracker", created.Headers.Location?.OriginalString);
        Assert.Equal(("organization", "Acme Tracker", _acme.UserId), (Text(made, "origin"), Text(made, "name"), Text(made, "changed_by")));
        Assert.Equal(["oauth2", "api_key"], made.GetProperty("auth_types").EnumerateArray().Select(type => type.GetString()));
        Assert.True(made.GetProperty("setup").GetProperty("callback_of_connection").GetBoolean());
        Assert.Equal("tracker", Text(Assert.Single((await _acme.GetAsync(Route + "?origin=organization")).GetProperty("data").EnumerateArray()), "id"));

        // What is answered as its definition describes the same provider again.
        var definition = JsonNode.Parse((await _acme.GetAsync(Route + "/tracker")).GetProperty("definition").GetRawText())!.AsObject();
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        definition["name"] = "Acme Tickets";
        var etag = created.Headers.ETag!.ToString();
        using var replaced = await _acme.SendAsync(HttpMethod.Put, Route + "/tracker", definition, etag);
        var now = (await RestAnswer.ReadAsync(replaced)).Is(HttpStatusCode.OK).Json;
        Assert.Equal("Acme Tickets", Text(now, "name"));
        Assert.Equal(made.GetProperty("created_at").GetDateTimeOffset() + TimeSpan.FromMinutes(1), now.GetProperty("updated_at").GetDateTimeOffset());
        Assert.NotEqual(etag, replaced.Headers.ETag!.ToString());
        (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Put, Route + "/tracker", definition, etag))).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Delete, Route + "/tracker", null, etag))).Is(HttpStatusCode.PreconditionFailed, "stale_version");

        await _acme.AskAsync(HttpMethod.Delete, Route + "/tracker", null, HttpStatusCode.NoContent);
        await _acme.AskAsync(HttpMethod.Get, Route + "/tracker", null, HttpStatusCode.NotFound);
        foreach (var type in new[] { ProviderEvents.Created, ProviderEvents.Updated, ProviderEvents.Deleted })
        {
            var told = Assert.Single(await _server.TrailAsync(type));
            Assert.Equal(("tracker", _acme.Id, _acme.UserId), (told.Target, told.OrganizationId, told.Subject));
        }
    }

    [Fact]
    public async Task A_replacement_need_not_repeat_the_id_and_cannot_change_it()
    {
        await CreateAsync();
        var provider = OwnProvider.Valid();
        provider.Remove("id");
        await _acme.AskAsync(HttpMethod.Put, Route + "/tracker", provider);
        Refused(await SendAsync(HttpMethod.Put, OwnProvider.Valid("other"), "/tracker"), "id");
        (await SendAsync(HttpMethod.Put, OwnProvider.Valid("other"), "/other")).Is(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("slack")]
    [InlineData("openai")]
    [InlineData("google")]
    [InlineData("microsoft")]
    public async Task None_takes_the_id_of_one_that_ships_or_of_a_family(string id) => Refused(await SendAsync(HttpMethod.Post, OwnProvider.Valid(id)), "id");

    [Fact]
    public async Task What_ships_is_changed_by_nobody()
    {
        (await SendAsync(HttpMethod.Put, OwnProvider.Valid("slack"), "/slack")).Is(HttpStatusCode.Forbidden, "shipped_provider");
        (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Delete, Route + "/slack"))).Is(HttpStatusCode.Forbidden, "shipped_provider");
        Refused(await SendAsync(HttpMethod.Post, OwnProvider.With("family", "\"google\"")), "family");
    }

    [Fact]
    public async Task An_id_is_taken_once_however_many_ask_at_the_same_time()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(HttpMethod.Post, OwnProvider.Valid())));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "provider_taken"));
        Assert.Single(await _server.TrailAsync(ProviderEvents.Created));
    }

    [Fact]
    public async Task An_organization_describes_fifty()
    {
        for (var i = 0; i < 49; i++)
        {
            (await SendAsync(HttpMethod.Post, OwnProvider.Valid($"tracker_{i}"))).Is(HttpStatusCode.Created);
        }

        var answers = await Task.WhenAll(Enumerable.Range(49, 4).Select(i => SendAsync(HttpMethod.Post, OwnProvider.Valid($"tracker_{i}"))));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "too_many_providers"));
    }

    [Theory]
    [InlineData(Role.Auditor)]
    [InlineData(Role.Developer)]
    public async Task Only_admins_change_them_and_an_attempt_is_told(Role role)
    {
        await CreateAsync();
        var member = await _acme.ColleagueAsync(role);
        foreach (var (method, path) in new[] { (HttpMethod.Post, ""), (HttpMethod.Put, "/tracker"), (HttpMethod.Delete, "/tracker") })
        {
            var answer = await RestAnswer.ReadAsync(await member.SendAsync(method, Route + path, method == HttpMethod.Delete ? null : OwnProvider.Valid()));
            answer.Is(HttpStatusCode.Forbidden, "role");
        }

        Assert.Equal(3, (await _server.TrailAsync("access.refused")).Count(row => row.Subject == member.UserId));
        await member.GetAsync(Route + "/tracker");
    }

    [Fact]
    [Trait("negative", "54")]
    public async Task Another_organization_neither_sees_nor_touches_them()
    {
        await CreateAsync();
        var rival = await OrganizationSide.CreateAsync(_server);
        await rival.AskAsync(HttpMethod.Get, Route + "/tracker", null, HttpStatusCode.NotFound);
        await rival.AskAsync(HttpMethod.Put, Route + "/tracker", OwnProvider.Valid(), HttpStatusCode.NotFound);
        await rival.AskAsync(HttpMethod.Delete, Route + "/tracker", null, HttpStatusCode.NotFound);
        Assert.DoesNotContain("tracker", (await rival.GetAsync(Route + "?limit=200")).GetRawText(), StringComparison.Ordinal);

        // The same id is theirs to take, and each finds their own.
        await rival.AskAsync(HttpMethod.Post, Route, OwnProvider.With("name", "\"Rival Tracker\""), HttpStatusCode.Created);
        var catalog = _server.Services.GetRequiredService<ProviderCatalog>();
        Assert.Equal("Acme Tracker", (await catalog.FindAsync(_acme.Id, "tracker", default))!.Name);
        Assert.Equal("Rival Tracker", (await catalog.FindAsync(rival.Id, "tracker", default))!.Name);
        Assert.Null(await catalog.FindAsync("acct_of_nobody", "tracker", default));
    }

    [Fact]
    public async Task One_that_a_connection_uses_is_not_deleted()
    {
        await CreateAsync();
        var (now, id) = (_server.Clock.Now, Identifiers.New(Connection.IdPrefix, _server.Clock.Now));
        await _server.QueryAsync(context =>
        {
            context.Connections.Add(new Connection { Id = id, OrganizationId = _acme.Id, ProviderId = "tracker", Name = "Tracker", CreatedAt = now, UpdatedAt = now });
            return context.SaveChangesAsync();
        });
        await _acme.AskAsync(HttpMethod.Delete, Route + "/tracker", null, HttpStatusCode.Conflict);
        Assert.Empty(await _server.TrailAsync(ProviderEvents.Deleted));

        await _server.QueryAsync(context => context.Connections.Where(row => row.Id == id).ExecuteDeleteAsync());
        await _acme.AskAsync(HttpMethod.Delete, Route + "/tracker", null, HttpStatusCode.NoContent);
    }

    [Theory]
    [Trait("negative", "55")]
    [InlineData("api.base_url", "\"http://tracker.acme.example\"", "api.base_url")]
    [InlineData("api.base_url", "\"https://169.254.169.254/latest\"", "api.base_url")]
    [InlineData("api.base_url", "\"https://[fd00::1]\"", "api.base_url")]
    [InlineData("oauth.token.url", "\"https://127.0.0.1/token\"", "oauth.token.url")]
    [InlineData("oauth.identity.call.url", "\"https://acme.example/?t={access_token}\"", "oauth.identity.call.url")]
    [InlineData("api.headers.Transfer-Encoding", "\"chunked\"", "api.headers.Transfer-Encoding")]
    [InlineData("api_key.credential.0.value", "\"{key}\\r\\nHost: evil\"", "api_key.credential[0].value")]
    [InlineData("oauth.tokn", "{}", "oauth.tokn")]
    [InlineData("organization_id", "\"acct_of_somebody\"", "organization_id")]
    [InlineData("version", "\"1\"", "version")]
    public async Task What_cannot_be_is_refused_by_its_path_and_nothing_is_kept(string path, string json, string told)
    {
        Refused(await SendAsync(HttpMethod.Post, OwnProvider.With(path, json)), told);
        Assert.Equal(0, (await _acme.GetAsync(Route + "?origin=organization")).GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("[]", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("null", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("{", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("{}", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("""{"id":"a_b","id":"c_d"}""", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("""{"id":"a_b","api":{"base_url":"https://a.example","base_url":"https://b.example"}}""", HttpStatusCode.BadRequest, null)]
    [InlineData("""{"name":"\ud800"}""", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("""{"\ud800":"a"}""", HttpStatusCode.BadRequest, null)]
    [InlineData("""{"api":{"headers":{"\ud800":"a"}}}""", HttpStatusCode.BadRequest, null)]
    public async Task What_is_no_description_is_refused(string body, HttpStatusCode status, string? code)
    {
        var answer = (await RestAnswer.ReadAsync(await _acme.SendAsync(HttpMethod.Post, Route, body))).Is(status);
        Assert.True(code is null || answer.Code == code, answer.Text);
    }

    [Fact]
    public async Task One_that_is_too_large_is_refused()
    {
        var answer = await SendAsync(HttpMethod.Post, OwnProvider.With("setup.steps", $"[\"{new string('a', 70_000)}\"]"));
        answer.Is(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task Plain_http_and_private_hosts_are_for_those_that_the_operator_has_named()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:Outbound:AllowedPrivateHosts:0", "127.0.0.1:4711"));
        var acme = await OrganizationSide.CreateAsync(server);
        var provider = JsonNode.Parse(OwnProvider.Valid().ToJsonString()
            .Replace("https://{host}", "http://127.0.0.1:4711", StringComparison.Ordinal)
            .Replace("https://{account}.acme.example", "http://127.0.0.1:4711", StringComparison.Ordinal))!.AsObject();
        provider["oauth"]!["discovery"]!.AsObject().Remove("issuer");
        await acme.AskAsync(HttpMethod.Post, Route, provider, HttpStatusCode.Created);
        provider["id"] = "other";
        provider["api"]!["base_url"] = "http://127.0.0.1:4712";
        var refused = (await RestAnswer.ReadAsync(await acme.SendAsync(HttpMethod.Post, Route, provider))).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal(["api.base_url"], refused.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.DoesNotContain("4711", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_end_with_their_organization()
    {
        await CreateAsync();
        await _server.QueryAsync(context => context.Organizations.Where(row => row.Id == _acme.Id).ExecuteDeleteAsync());
        Assert.Equal(0, await _server.QueryAsync(context => context.OrganizationProviders.CountAsync()));
    }

    private Task<JsonElement> CreateAsync() => _acme.AskAsync(HttpMethod.Post, Route, OwnProvider.Valid(), HttpStatusCode.Created);

    private async Task<RestAnswer> SendAsync(HttpMethod method, JsonObject provider, string path = "") =>
        await RestAnswer.ReadAsync(await _acme.SendAsync(method, Route + path, provider));

    private static void Refused(RestAnswer answer, string path) =>
        Assert.True(answer.Is(HttpStatusCode.BadRequest, "invalid_request").Json.GetProperty("errors").TryGetProperty(path, out _), answer.Text);

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
