using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>Connections over HTTP: made, read, changed, put into service, deleted.</summary>
public sealed class ConnectionsApiTests(ConnectionSide side) : IClassFixture<ConnectionSide>
{
    [Fact]
    public async Task The_seeds_request_makes_an_active_connection_and_its_secret_is_never_answered()
    {
        var other = await OrganizationSide.CreateAsync(side.Server);
        const string seed = """
            {
              "provider": "gmail",
              "auth_type": "oauth2",
              "credentials": { "client_id": "your-gmail-client-id", "client_secret": "your-gmail-client-secret" },
              "scopes": ["https://www.googleapis.com/auth/gmail.send"]
            }
            """;
        var made = await side.CreateAsync(seed, other);

        Assert.StartsWith("conn_", Text(made, "id"), StringComparison.Ordinal);
        Assert.Equal(("gmail", "oauth2", "Gmail", "active"), (Text(made, "provider"), Text(made, "auth_type"), Text(made, "name"), Text(made, "status")));
        Assert.Equal("your-gmail-client-id", Text(made, "client_id"));
        Assert.True(made.GetProperty("has_secret").GetBoolean());
        Assert.Equal("cret", Text(made, "secret_last4"));
        Assert.False(made.GetProperty("shared_app").GetBoolean());
        Assert.True(made.GetProperty("is_default").GetBoolean());
        Assert.Equal(Send, made.GetProperty("scopes")[0].GetString());
        Assert.Equal(30, made.GetProperty("settings").GetProperty("timeout").GetInt32());
        Assert.DoesNotContain("your-gmail-client-secret", made.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(made.GetRawText(), (await other.GetAsync(Path(Id(made)))).GetRawText());

        // What calls are made with is what was given.
        var connections = side.Server.Services.GetRequiredService<AuthServer.Vault.Connections.Connections>();
        var row = await connections.FindAsync(other.Id, Id(made), default);
        Assert.Equal("your-gmail-client-secret", connections.AppOf(row!, ShippedProviders.Find("gmail")!)?.ClientSecret);
        Assert.Equal(Id(made), (await connections.FindDefaultAsync(other.Id, "gmail", ConnectionAuth.OAuth2, default))?.Id);
        Assert.Null(await connections.FindAsync(side.Owner.Id, Id(made), default));
        Assert.Equal("Gmail 2", Text(await side.CreateAsync(seed, other), "name"));
    }

    [Fact]
    public async Task A_draft_grows_step_by_step_and_is_activated_when_nothing_is_missing()
    {
        var draft = await side.CreateAsync(new { provider = "airtable", name = "Bases of the team" });
        var id = Id(draft);
        Assert.Equal("draft", Text(draft, "status"));
        Assert.True(draft.GetProperty("missing").TryGetProperty("credentials.client_id", out _));
        var refused = (await side.TryAsync(HttpMethod.Post, Path(id, "/activate"))).Is(HttpStatusCode.Conflict, "incomplete");
        Assert.True(refused.Json.GetProperty("errors").TryGetProperty("credentials.client_id", out _));

        (await side.PatchAsync(id, new { credentials = new { client_id = "abc", client_secret = "a-secret-of-airtable" } })).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { scope_preset = "read-write", description = "Two\nlines", environment = "production" })).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { settings = new { auto_refresh = true, rate_limit = 100, timeout = 30, refresh_buffer = 600, token_storage = "vault" } })).Is(HttpStatusCode.OK);
        var active = (await side.TryAsync(HttpMethod.Post, Path(id, "/activate"))).Is(HttpStatusCode.OK).Json;

        Assert.Equal("active", Text(active, "status"));
        Assert.False(active.TryGetProperty("missing", out _));
        Assert.Equal(["data.records:read", "data.records:write", "schema.bases:read"], active.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(600, active.GetProperty("settings").GetProperty("refresh_buffer").GetInt32());
        Assert.Equal("inactive", Text((await side.TryAsync(HttpMethod.Post, Path(id, "/deactivate"))).Is(HttpStatusCode.OK).Json, "status"));
        Assert.Equal("inactive", Text((await side.TryAsync(HttpMethod.Post, Path(id, "/deactivate"))).Is(HttpStatusCode.OK).Json, "status"));
        (await side.TryAsync(HttpMethod.Post, Path(id, "/activate"))).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { credentials = new { client_secret = (string?)null, client_id = (string?)null } })).Is(HttpStatusCode.Conflict, "incomplete");
        var types = await side.Server.QueryAsync(context => context.AuditEvents.Where(row => row.Target == id).OrderBy(row => row.Sequence).Select(row => row.Type).ToListAsync());
        Assert.Equal(
            [
                "connection.created", "connection.updated", "connection.secret_changed", "connection.updated", "connection.updated", "connection.activated",
                "connection.deactivated", "connection.activated",
            ],
            types);
    }

    [Fact]
    public async Task A_draft_cannot_be_deactivated_and_an_incomplete_one_is_not_made_active()
    {
        var id = await side.NewAsync(new { provider = "slack", name = "Never used", status = "draft" });
        (await side.TryAsync(HttpMethod.Post, Path(id, "/deactivate"))).Is(HttpStatusCode.Conflict, "invalid_state");
        (await side.TryAsync(HttpMethod.Post, Route, new { provider = "slack", name = "Now", status = "active" })).Is(HttpStatusCode.Conflict, "incomplete");
    }

    [Fact]
    public async Task An_API_key_has_the_parts_that_its_provider_names_and_goes_where_it_is_told()
    {
        var made = await side.CreateAsync(new
        {
            provider = "datadog",
            auth_type = "api_key",
            name = "Metrics",
            credentials = new { api_key = "0123456789abcdef0123456789abcdef", application_key = "fedcba9876543210" },
            settings = new
            {
                fields = new { site = "datadoghq.eu" },
                key = new { @in = "query", name = "api_key", prefix = "API-Key " },
                base_url = "https://api.datadoghq.eu/api/",
                user_agent = "acme/1.0",
                headers = new Dictionary<string, string> { ["X-Team"] = "metrics" },
                custom = new Dictionary<string, string> { ["owner"] = "Grace" },
                retries = 5,
                token_lifetime = 3600,
            },
        });

        Assert.Equal(("active", "cdef"), (Text(made, "status"), Text(made, "secret_last4")));
        var settings = made.GetProperty("settings");
        Assert.Equal("https://api.datadoghq.eu/api", Text(settings, "base_url"));
        Assert.Equal(("query", "api_key", "API-Key "), (Text(settings.GetProperty("key"), "in"), Text(settings.GetProperty("key"), "name"), Text(settings.GetProperty("key"), "prefix")));
        Assert.Equal("metrics", Text(settings.GetProperty("headers"), "X-Team"));
        (await side.PatchAsync(Id(made), new { scopes = new[] { "metrics" } })).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await side.PatchAsync(Id(made), new { settings = new { key = (object?)null, headers = (object?)null, timeout = (int?)null } })).Is(HttpStatusCode.OK);
        settings = (await side.Owner.GetAsync(Path(Id(made)))).GetProperty("settings");
        Assert.False(settings.TryGetProperty("key", out _));
        Assert.Equal((30, "acme/1.0"), (settings.GetProperty("timeout").GetInt32(), Text(settings, "user_agent")));
    }

    [Fact]
    public async Task A_version_is_one_that_the_provider_has()
    {
        object Stripe(string version) => new
        {
            provider = "stripe",
            auth_type = "api_key",
            name = $"Payments {Guid.NewGuid():N}",
            credentials = new { api_key = "sk_" + "test_0123456789abcdefghijklmn" },
            settings = new { api_version = version },
        };

        Assert.Equal("2026-06-24.acacia", Text((await side.CreateAsync(Stripe("2026-06-24.acacia"))).GetProperty("settings"), "api_version"));
        var odd = (await side.TryAsync(HttpMethod.Post, Route, Stripe("latest"))).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(odd.Json.GetProperty("errors").TryGetProperty("settings.api_version", out _));
        var gmail = (await side.PatchAsync(await side.NewAsync(), new { settings = new { api_version = "2" } })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(gmail.Json.GetProperty("errors").TryGetProperty("settings.api_version", out _));
    }

    [Theory]
    [InlineData("headers", "Content-Language")]
    [InlineData("headers", "content-disposition")]
    [InlineData("headers", "Expires")]
    [InlineData("headers", "Allow")]
    [InlineData("headers", "Last-Modified")]
    [InlineData("key", "Content-MD5")]
    [InlineData("key", "Content-Range")]
    public async Task A_header_that_is_about_a_body_is_no_connections_to_set(string where, string name)
    {
        object settings = where == "headers" ? new { headers = new Dictionary<string, string> { [name] = "x" } } : new { key = new { @in = "header", name, prefix = "" } };
        var body = new
        {
            provider = "openai",
            auth_type = "api_key",
            name = $"Models {Guid.NewGuid():N}",
            credentials = new { api_key = "sk-" + "proj-0123456789abcdefghij" },
            settings,
        };

        var refused = (await side.TryAsync(HttpMethod.Post, Route, body)).Is(HttpStatusCode.BadRequest, "invalid_request");

        Assert.True(refused.Json.GetProperty("errors").TryGetProperty(where == "headers" ? $"settings.headers.{name}" : "settings.key.name", out _));
    }

    [Theory]
    [InlineData("""{}""", "provider")]
    [InlineData("""{"provider":"nobody"}""", "provider")]
    [InlineData("""{"provider":"gma\u0000il"}""", "provider")]
    [InlineData("""{"provider":"gmail","auth_type":"api_key"}""", "auth_type")]
    [InlineData("""{"provider":"gmail","auth_type":"basic"}""", "auth_type")]
    [InlineData("""{"provider":"gmail","status":"error"}""", "status")]
    [InlineData("""{"provider":"gmail","name":""}""", "name")]
    [InlineData("""{"provider":"gmail","name":"two\nlines"}""", "name")]
    [InlineData("""{"provider":"gmail","name":null}""", "name")]
    [InlineData("""{"provider":"gmail","environment":"two words"}""", "environment")]
    [InlineData("""{"provider":"gmail","credentials":{"api_key":"x"}}""", "credentials.api_key")]
    [InlineData("""{"provider":"gmail","credentials":{"client_id":" padded"}}""", "credentials.client_id")]
    [InlineData("""{"provider":"gmail","credentials":{"client_secret":""}}""", "credentials.client_secret")]
    [InlineData("""{"provider":"openai","credentials":{"api_key":"not the form"}}""", "credentials.api_key")]
    [InlineData("""{"provider":"openai","credentials":{"client_secret":"x"}}""", "credentials.client_secret")]
    [InlineData("""{"provider":"gmail","scopes":"everything"}""", "scopes")]
    [InlineData("""{"provider":"gmail","scopes":{"a":1}}""", "scopes")]
    [InlineData("""{"provider":"gmail","scopes":["two words"]}""", "scopes[0]")]
    [InlineData("""{"provider":"gmail","scopes":[1]}""", "scopes[0]")]
    [InlineData("""{"provider":"slack","scopes":["one,two"]}""", "scopes[0]")]
    [InlineData("""{"provider":"gmail","scopes":["openid"],"scope_preset":"admin"}""", "scope_preset")]
    [InlineData("""{"provider":"gmail","settings":{"timeout":0}}""", "settings.timeout")]
    [InlineData("""{"provider":"gmail","settings":{"rate_limit":0}}""", "settings.rate_limit")]
    [InlineData("""{"provider":"gmail","settings":{"retries":6}}""", "settings.retries")]
    [InlineData("""{"provider":"gmail","settings":{"token_lifetime":1}}""", "settings.token_lifetime")]
    [InlineData("""{"provider":"gmail","settings":{"refresh_buffer":-1}}""", "settings.refresh_buffer")]
    [InlineData("""{"provider":"gmail","settings":{"token_storage":"mine"}}""", "settings.token_storage")]
    [InlineData("""{"provider":"gmail","settings":{"speed":1}}""", "settings.speed")]
    [InlineData("""{"provider":"gmail","settings":{"user_agent":"a\r\nb"}}""", "settings.user_agent")]
    [InlineData("""{"provider":"gmail","settings":{"headers":{"Authorization":"x"}}}""", "settings.headers.Authorization")]
    [InlineData("""{"provider":"gmail","settings":{"headers":{"transfer-encoding":"x"}}}""", "settings.headers.transfer-encoding")]
    [InlineData("""{"provider":"gmail","settings":{"headers":{"X-A":"a\r\nX-B: b"}}}""", "settings.headers.X-A")]
    [InlineData("""{"provider":"gmail","settings":{"headers":{"X A":"b"}}}""", "settings.headers.X A")]
    [InlineData("""{"provider":"gmail","settings":{"fields":{"tenant":"x"}}}""", "settings.fields.tenant")]
    [InlineData("""{"provider":"gitlab","settings":{"fields":{"host":"https://a.example/"}}}""", "settings.fields.host")]
    [InlineData("""{"provider":"jira","settings":{"fields":{"cloud_id":"x"}}}""", "settings.fields.cloud_id")]
    [InlineData("""{"provider":"gmail","settings":{"token_url":"http://example.com/token"}}""", "settings.token_url")]
    [InlineData("""{"provider":"gmail","settings":{"token_url":"https://user@example.com/token"}}""", "settings.token_url")]
    [InlineData("""{"provider":"gmail","settings":{"token_url":"https://169.254.169.254/token"}}""", "settings.token_url")]
    [InlineData("""{"provider":"gmail","settings":{"base_url":"https://[::1]/"}}""", "settings.base_url")]
    [InlineData("""{"provider":"gmail","settings":{"base_url":"https://example.com:22/"}}""", "settings.base_url")]
    [InlineData("""{"provider":"gmail","settings":{"authorization_url":"javascript:alert(1)"}}""", "settings.authorization_url")]
    [InlineData("""{"provider":"gmail","settings":{"redirect_uri":"http://example.com/"}}""", "settings.redirect_uri")]
    [InlineData("""{"provider":"gmail","settings":{"return_urls":["https://a.example/#x"]}}""", "settings.return_urls[0]")]
    [InlineData("""{"provider":"gmail","settings":{"return_urls":[null]}}""", "settings.return_urls[0]")]
    [InlineData("""{"provider":"openai","settings":{"key":{"in":"cookie","name":"x"}}}""", "settings.key.in")]
    [InlineData("""{"provider":"openai","settings":{"key":{"in":"header","name":"Host"}}}""", "settings.key.name")]
    [InlineData("""{"provider":"openai","settings":{"key":{"in":"header","name":"X-Key","prefix":"a\nb"}}}""", "settings.key.prefix")]
    [InlineData("""{"provider":"gmail","rotation_days":0}""", "rotation_days")]
    [InlineData("""{"provider":"gmail","rotation_due_at":"9999-01-01T00:00:00Z"}""", "rotation_due_at")]
    [InlineData("""{"provider":"gmail","access":{"view":["everybody"]}}""", "access.view[0]")]
    [InlineData("""{"provider":"gmail","access":{"edit":["agents"]}}""", "access.edit[0]")]
    [InlineData("""{"provider":"gmail","access":{"use":["agt_00000000000000000000000000"]}}""", "access.use[0]")]
    [InlineData("""{"provider":"gmail","return_check":"never"}""", "return_check")]
    [InlineData("""{"provider":"gmail","secret":"x"}""", "secret")]
    public async Task What_cannot_be_is_refused_by_its_path(string body, string path)
    {
        var answer = (await side.TryAsync(HttpMethod.Post, Route, body)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(path, out _), answer.Text);
    }

    [Fact]
    public async Task Every_fault_is_told_at_once_and_no_secret_is_repeated()
    {
        const string secret = "not-a-key-but-a-secret";
        var answer = (await side.TryAsync(HttpMethod.Post, Route, new
        {
            provider = "openai",
            name = "",
            credentials = new { api_key = secret },
            settings = new { timeout = 0, retries = 9 },
            rotation_days = 0,
        })).Is(HttpStatusCode.BadRequest, "invalid_request");

        Assert.Equal(
            ["credentials.api_key", "name", "rotation_days", "settings.retries", "settings.timeout"],
            answer.Json.GetProperty("errors").EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Presets_name_scopes_and_short_names_of_Google_are_spelled_out()
    {
        var id = await side.NewAsync(new { provider = "gmail", name = "Presets", scopes = "read-only" });
        async Task<string[]> ScopesAsync() => [.. (await side.Owner.GetAsync(Path(id))).GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()!)];
        Assert.Equal(["https://www.googleapis.com/auth/gmail.readonly"], await ScopesAsync());
        (await side.PatchAsync(id, new { scope_preset = "sending" })).Is(HttpStatusCode.OK);
        Assert.Equal([Send], await ScopesAsync());
        (await side.PatchAsync(id, new { scopes = new[] { "gmail.readonly", "openid", "gmail.readonly" } })).Is(HttpStatusCode.OK);
        Assert.Equal(["https://www.googleapis.com/auth/gmail.readonly", "openid"], await ScopesAsync());
        (await side.PatchAsync(id, new { scopes = (object?)null })).Is(HttpStatusCode.OK);
        Assert.Equal(ShippedProviders.Find("gmail")!.Oauth!.Scopes.Default, await ScopesAsync());
        var refused = (await side.PatchAsync(id, new { scope_preset = "everything" })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Contains("read_only, read_write, admin, sending, labels", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_for_the_version_that_was_read()
    {
        var made = await side.TryAsync(HttpMethod.Post, Route, Gmail());
        var (id, first) = (Id(made.Json), made.Response.Headers.ETag!.Tag);
        var changed = (await side.PatchAsync(id, new { description = "One" }, ifMatch: first)).Is(HttpStatusCode.OK);

        (await side.PatchAsync(id, new { description = "Two" }, ifMatch: first)).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        (await side.TryAsync(HttpMethod.Delete, Path(id), ifMatch: first)).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        (await side.TryAsync(HttpMethod.Post, Path(id, "/deactivate"), ifMatch: first)).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        Assert.NotEqual(first, changed.Response.Headers.ETag!.Tag);
        var again = (await side.PatchAsync(id, new { description = "One" }, ifMatch: changed.Response.Headers.ETag.Tag)).Is(HttpStatusCode.OK);
        Assert.Equal(changed.Response.Headers.ETag, again.Response.Headers.ETag);
    }

    [Fact]
    public async Task A_name_is_the_only_one_in_any_case_and_another_organization_may_have_it()
    {
        await side.CreateAsync(Gmail("Straße"));
        (await side.TryAsync(HttpMethod.Post, Route, Gmail("STRAßE"))).Is(HttpStatusCode.Conflict, "name_taken");
        var id = await side.NewAsync(Gmail("Another"));
        (await side.PatchAsync(id, new { name = "straße" })).Is(HttpStatusCode.Conflict, "name_taken");
        await side.CreateAsync(Gmail("Straße"), await OrganizationSide.CreateAsync(side.Server));
    }

    [Fact]
    public async Task One_connection_of_a_provider_is_the_default_and_another_takes_its_place()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var first = await side.CreateAsync(Gmail("One"), acme);
        var second = await side.CreateAsync(Gmail("Two"), acme);
        Assert.Equal((true, false), (first.GetProperty("is_default").GetBoolean(), second.GetProperty("is_default").GetBoolean()));

        (await side.PatchAsync(Id(second), new { is_default = true }, acme)).Is(HttpStatusCode.OK);
        Assert.Equal([Id(second)], await side.IdsAsync("?provider=gmail&default=true", acme));
        var third = await side.CreateAsync(new { provider = "gmail", name = "Three", is_default = true }, acme);
        Assert.Equal([Id(third)], await side.IdsAsync("?default=true", acme));
        (await side.PatchAsync(Id(third), new { is_default = false }, acme)).Is(HttpStatusCode.OK);
        Assert.Empty(await side.IdsAsync("?default=true", acme));
    }

    [Fact]
    public async Task The_list_is_newest_first_and_filtered()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        async Task<string> MakeAsync(object body)
        {
            side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
            return Id(await side.CreateAsync(body, acme));
        }

        var mail = await MakeAsync(Gmail("Mail of staging"));
        var slack = await MakeAsync(new { provider = "slack", name = "Talk", environment = "production", rotation_due_at = side.Server.Clock.Now.AddDays(30) });
        var key = await MakeAsync(new { provider = "openai", name = "Model", rotation_days = 7, credentials = new { api_key = "sk-0123456789abcdef" } });

        Assert.Equal([key, slack, mail], await side.IdsAsync("", acme));
        Assert.Equal([slack], await side.IdsAsync("?limit=1&offset=1", acme));
        Assert.Equal([slack], await side.IdsAsync("?status=draft", acme));
        Assert.Equal([key], await side.IdsAsync("?auth_type=api_key", acme));
        Assert.Equal([slack], await side.IdsAsync("?environment=production", acme));
        Assert.Equal([mail], await side.IdsAsync("?q=STAGING", acme));
        Assert.Equal([key, slack], await side.IdsAsync("?rotation=due", acme));
        Assert.Empty(await side.IdsAsync("?rotation=overdue", acme));
        side.Server.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal([key], await side.IdsAsync("?rotation=overdue", acme));
        Assert.True((await acme.GetAsync(Path(key))).GetProperty("rotation_overdue").GetBoolean());
        (await side.PatchAsync(key, new { credentials = new { api_key = "sk-fedcba9876543210" } }, acme)).Is(HttpStatusCode.OK);
        Assert.Empty(await side.IdsAsync("?rotation=overdue", acme));
        (await side.TryAsync(HttpMethod.Get, Route + "?rotation=soon&status=gone", by: acme)).Is(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task The_templates_of_the_seed_stand_there_as_written_and_each_makes_a_connection()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var all = (await acme.GetAsync("/api/v1/connection-templates?limit=200")).GetProperty("data").EnumerateArray().ToList();
        JsonNode? Of(string provider) => JsonNode.Parse(all.Single(item => Text(item, "id") == provider).GetProperty("template").GetRawText());

        Assert.True(JsonNode.DeepEquals(Of("google_workspace"), JsonNode.Parse("""
            { "provider": "google_workspace", "auth_type": "oauth2",
              "scopes": [ "https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/calendar.readonly" ],
              "settings": { "auto_refresh": true, "rate_limit": 100, "timeout": 30 } }
            """)));
        Assert.True(JsonNode.DeepEquals(Of("slack"), JsonNode.Parse("""
            { "provider": "slack", "auth_type": "oauth2", "scopes": [ "channels:read", "chat:write", "users:read" ],
              "settings": { "auto_refresh": true, "rate_limit": 50, "timeout": 15 } }
            """)));
        Assert.Equal(ShippedProviders.Ids.Order(StringComparer.Ordinal), all.Select(item => Text(item, "id")).Order(StringComparer.Ordinal));
        foreach (var item in all)
        {
            var made = await side.CreateAsync(item.GetProperty("template").GetRawText(), acme);
            Assert.Equal(("draft", Text(item, "name")), (Text(made, "status"), Text(made, "name")));
        }
    }

    [Fact]
    public async Task Deleting_is_refused_while_accounts_live_and_forced_takes_their_tokens_along()
    {
        var id = await side.NewAsync();
        var account = await side.AccountAsync(id, side.Owner.Id, "a token");
        (await side.TryAsync(HttpMethod.Delete, Path(id))).Is(HttpStatusCode.Conflict, "in_use");
        (await side.TryAsync(HttpMethod.Delete, Path(id, "?force=perhaps"))).Is(HttpStatusCode.BadRequest);
        (await side.TryAsync(HttpMethod.Delete, Path(id, "?force=true"))).Is(HttpStatusCode.NoContent);

        (await side.TryAsync(HttpMethod.Get, Path(id))).Is(HttpStatusCode.NotFound, "not_found");
        Assert.False(await side.Server.QueryAsync(context => context.ConnectedAccounts.AnyAsync(row => row.Id == account)));
        Assert.False(await side.Server.QueryAsync(context => context.ConnectionVersions.AnyAsync(row => row.ConnectionId == id)));
        var told = Assert.Single(await side.Server.TrailAsync(ConnectionEvents.Deleted), row => row.Target == id);
        Assert.Contains("\"accounts\":1", told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organization_has_two_hundred_connections_at_most()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        await side.Server.QueryAsync(async context =>
        {
            context.Connections.AddRange(Enumerable.Range(0, ConnectionSaves.Most).Select(number => new Connection { Id = $"conn_{acme.Id}{number}", OrganizationId = acme.Id, ProviderId = "slack", Name = $"{number}", Version = 1 }));
            return await context.SaveChangesAsync();
        });
        (await side.TryAsync(HttpMethod.Post, Route, Gmail(), acme)).Is(HttpStatusCode.Conflict, "too_many_connections");
    }
}
