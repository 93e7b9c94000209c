using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Scopes;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Scopes.TwoOrganizations;

namespace AuthServer.Tests.Scopes;

public sealed class ResourcesApiTests(TwoOrganizations side) : IClassFixture<TwoOrganizations>
{
    [Fact]
    public async Task A_registered_API_gets_tokens_that_its_own_client_introspects()
    {
        var (url, agent) = (Url(), Client());
        var api = await RegisterAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent);

        var token = await TokenAsync(agent, url);

        Assert.Equal(url, Flows.Claims(token).GetProperty("aud").GetString());
        Assert.True(await IsActiveAsync(api.Text("clientId"), api.Text("clientSecret"), token));
        using var tokens = await Flows.TokenAsync(side.Server, api.Text("clientId"), api.Text("clientSecret"), ("grant_type", "client_credentials"));
        await Flows.AssertErrorAsync(tokens, 400, "unauthorized_client");
    }

    [Fact]
    public async Task The_secret_is_shown_once_and_kept_as_a_hash()
    {
        var api = await RegisterAsync(Url(), KeyOf(Acme));
        var again = (await side.GetAsync($"/resources/{api.Text("id")}", KeyOf(Acme, Role.Auditor))).Ok();

        Assert.StartsWith("ags_", api.Text("clientSecret"), StringComparison.Ordinal);
        Assert.False(again.Json.TryGetProperty("clientSecret", out _));
        Assert.Equal(api.Text("clientId"), again.Text("clientId"));
        var stored = await side.Server.QueryAsync(async context => JsonSerializer.Serialize(await context.ClientSecrets.ToListAsync()) + JsonSerializer.Serialize(await context.Applications.ToListAsync()));
        Assert.DoesNotContain(api.Text("clientSecret"), stored, StringComparison.Ordinal);
        Assert.DoesNotContain(api.Text("clientSecret"), string.Join('\n', side.Server.Logs.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_secret_takes_the_place_of_the_old_one_at_once_or_after_an_overlap()
    {
        var (url, agent) = (Url(), Client());
        var api = await RegisterAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url);
        var (path, clientId, token) = ($"/resources/{api.Text("id")}/rotate-secret", api.Text("clientId"), await TokenAsync(agent, url));

        var second = (await side.PostAsync(path, KeyOf(Acme), new { overlapSeconds = 60 })).Ok();
        Assert.True(await IsActiveAsync(clientId, api.Text("clientSecret"), token));
        Assert.True(await IsActiveAsync(clientId, second.Text("clientSecret"), token));

        var third = (await side.PostAsync(path, KeyOf(Acme), new { })).Ok();
        using var refused = await Flows.PostAsync(side.Server, "/connect/introspect", clientId, second.Text("clientSecret"), ("token", token));
        await Flows.AssertErrorAsync(refused, 401, "invalid_client");
        Assert.True(await IsActiveAsync(clientId, third.Text("clientSecret"), token));

        (await side.PostAsync(path, KeyOf(Acme), new { overlapSeconds = -1 })).Refused(HttpStatusCode.BadRequest, "invalid_request");
        (await side.PostAsync(path, KeyOf(Acme, Role.Developer), new { })).Refused(HttpStatusCode.Forbidden, "role");
        (await side.PostAsync(path, KeyOf(Rival), new { })).Refused(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Another_organization_sees_and_touches_nothing_of_it()
    {
        var url = Url();
        var api = await RegisterAsync(url, KeyOf(Acme));
        var path = $"/resources/{api.Text("id")}";

        (await side.GetAsync(path, KeyOf(Rival))).Refused(HttpStatusCode.NotFound, "not_found");
        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Rival), new { displayName = "Mine" })).Refused(HttpStatusCode.NotFound, "not_found");
        (await side.SendAsync(HttpMethod.Delete, path, KeyOf(Rival))).Refused(HttpStatusCode.NotFound, "not_found");
        Assert.DoesNotContain(url, (await side.GetAsync("/resources?limit=200", KeyOf(Rival))).Ok().Json.ToString(), StringComparison.Ordinal);
        var taken = await side.PostAsync("/resources", KeyOf(Rival), new { url });
        taken.Refused(HttpStatusCode.Conflict, "url_taken");
        Assert.DoesNotContain(Acme, taken.Json.ToString(), StringComparison.Ordinal);
        Assert.Contains(url, (await side.GetAsync("/resources?limit=200", KeyOf(Acme, Role.Auditor))).Ok().Json.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_of_another_organization_gets_no_token_for_it_although_it_was_allowed_to_ask()
    {
        var (url, foreign) = (Url(), Client());
        await RegisterAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Rival, foreign, url);

        foreach (var resource in new[] { url, null })
        {
            using var response = await AskAsync(foreign, resource);
            await Flows.AssertErrorAsync(response, 400, "invalid_target");
        }
    }

    [Fact]
    public async Task The_installations_own_APIs_are_nobodys_here_and_their_URLs_are_taken()
    {
        var id = await side.Server.QueryAsync(context => context.ProtectedResources.Where(row => row.Uri == Flows.Api).Select(row => row.Id).SingleAsync());

        (await side.GetAsync($"/resources/{id}", KeyOf(Acme, Role.Owner))).Refused(HttpStatusCode.NotFound, "not_found");
        (await side.PostAsync("/resources", KeyOf(Acme), new { url = Flows.Api })).Refused(HttpStatusCode.Conflict, "url_taken");
    }

    [Theory]
    [InlineData("")]
    [InlineData("api.acme.example")]
    [InlineData("/api")]
    [InlineData("http://api.acme.example")]
    [InlineData("ftp://api.acme.example")]
    [InlineData("urn:acme:api")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://api.acme.example#part")]
    [InlineData("https://api.acme.example?x=1")]
    [InlineData("https://user@api.acme.example")]
    [InlineData("https://API.acme.example")]
    [InlineData("HTTPS://api.acme.example")]
    [InlineData("https://api.acme.example:443")]
    [InlineData("https://api.acme.example.")]
    [InlineData("https://api.acme.example/a/../b")]
    [InlineData("https://api.acme.example/%61")]
    [InlineData("https://api.acme.example/a\\b")]
    [InlineData("https://api.acme.example/a b")]
    [InlineData("https://\u0430pi.acme.example")]
    [InlineData("https://api.acme.example/\u0000")]
    [InlineData("http://localhost.acme.example")]
    public async Task A_URL_that_is_no_https_address_in_its_one_spelling_is_refused(string url) =>
        (await side.PostAsync("/resources", KeyOf(Acme), new { url })).Refused(HttpStatusCode.BadRequest, "invalid_request", "url");

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/api/v1")]
    public async Task The_servers_own_address_can_be_nobodys_API(string path)
    {
        var answer = await side.PostAsync("/resources", KeyOf(Acme, Role.Owner), new { url = side.Server.Issuer + path });

        answer.Refused(HttpStatusCode.BadRequest, "invalid_request", "url");
    }

    [Fact]
    public async Task Loopback_may_do_without_https() => await RegisterAsync("http://127.0.0.1:4711/mcp", KeyOf(Acme));

    [Theory]
    [InlineData("scopes[0]", """{"scopes":["nobody:knows"]}""")]
    [InlineData("scopes[1]", """{"scopes":["files:read","files:*"]}""")]
    [InlineData("scopes[0]", """{"scopes":[null]}""")]
    [InlineData("scopes[0]", """{"scopes":["organization"]}""")]
    [InlineData("displayName", """{"displayName":""}""")]
    [InlineData("displayName", """{"displayName":"Acme\u202e"}""")]
    [InlineData("introspectors[0]", """{"introspectors":["nobody"]}""")]
    [InlineData("introspectors[0]", """{"introspectors":[null]}""")]
    [InlineData("introspectors[0]", """{"introspectors":["\u0000"]}""")]
    [InlineData("introspectors[0]", """{"introspectors":["machine"]}""")]
    [InlineData("introspectors[1]", """{"introspectors":["agc_of_acct_01jz0000000000000000000001","agc_of_acct_01jz0000000000000000000002"]}""")]
    public async Task What_cannot_be_is_refused_with_the_field_named_and_nothing_is_left(string field, string json)
    {
        var url = Url();
        var body = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
        body["url"] = JsonSerializer.SerializeToElement(url);

        (await side.PostAsync("/resources", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", field);

        Assert.False(await side.Server.QueryAsync(context => context.ProtectedResources.AnyAsync(row => row.Uri == url)));
        Assert.False(await side.Server.QueryAsync(context => context.Applications.AnyAsync(row => row.Properties!.Contains(url))));
    }

    [Fact]
    public async Task Its_scopes_limit_its_tokens_and_can_be_changed()
    {
        var (url, agent) = (Url(), Client());
        var api = await RegisterAsync(url, KeyOf(Acme), scopes: ["calendar:read"]);
        await side.AddAgentAsync(Acme, agent, url);
        Assert.Equal("calendar:read", Flows.Claims(await TokenAsync(agent, url, null)).GetProperty("scope").GetString());

        (await side.SendAsync(HttpMethod.Patch, $"/resources/{api.Text("id")}", KeyOf(Acme), new { scopes = new[] { "files:read" } }, api.ETag)).Ok();

        Assert.Equal("files:read", Flows.Claims(await TokenAsync(agent, url, null)).GetProperty("scope").GetString());
        (await side.SendAsync(HttpMethod.Patch, $"/resources/{api.Text("id")}", KeyOf(Acme), new { displayName = "Late" }, api.ETag)).Refused(HttpStatusCode.PreconditionFailed, "stale_version");
    }

    [Fact]
    public async Task Who_may_introspect_its_tokens_is_named_and_taken_back()
    {
        var (url, agent, reader) = (Url(), Client(), Client());
        await side.AddAgentAsync(Acme, reader);
        var api = await RegisterAsync(url, KeyOf(Acme), introspectors: [reader]);
        var path = $"/resources/{api.Text("id")}";
        await side.AddAgentAsync(Acme, agent, url);
        var token = await TokenAsync(agent, url);
        Assert.Equal([reader], api.Texts("introspectors"));
        Assert.True(await IsActiveAsync(reader, Flows.Secret, token));
        Assert.False(await IsActiveAsync(AgentOf(Acme), Flows.Secret, token));

        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { introspectors = new[] { AgentOf(Acme) } })).Ok();
        Assert.False(await IsActiveAsync(reader, Flows.Secret, token));
        Assert.True(await IsActiveAsync(AgentOf(Acme), Flows.Secret, token));

        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { displayName = "Named" })).Ok();
        Assert.True(await IsActiveAsync(AgentOf(Acme), Flows.Secret, token));
        (await side.SendAsync(HttpMethod.Delete, path, KeyOf(Acme))).Ok(HttpStatusCode.NoContent);
        Assert.False(await IsActiveAsync(AgentOf(Acme), Flows.Secret, token));
    }

    [Fact]
    public async Task Its_own_client_cannot_be_named_among_the_others_and_so_not_be_taken_out_with_them()
    {
        var (url, agent) = (Url(), Client());
        var api = await RegisterAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url);
        var (path, token) = ($"/resources/{api.Text("id")}", await TokenAsync(agent, url));

        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { introspectors = new[] { AgentOf(Acme), api.Text("clientId") } }))
            .Refused(HttpStatusCode.BadRequest, "invalid_request", "introspectors[1]");
        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { introspectors = Array.Empty<string>() })).Ok();

        Assert.True(await IsActiveAsync(api.Text("clientId"), api.Text("clientSecret"), token));
    }

    [Fact]
    public async Task The_credential_of_ones_API_learns_nothing_of_anothers_tokens()
    {
        var (ours, theirs, agent) = (await RegisterAsync(Url(), KeyOf(Acme)), await RegisterAsync(Url(), KeyOf(Rival)), Client());
        await side.AddAgentAsync(Rival, agent, theirs.Text("url"));
        var token = await TokenAsync(agent, theirs.Text("url"));

        Assert.False(await IsActiveAsync(ours.Text("clientId"), ours.Text("clientSecret"), token));
        Assert.True(await IsActiveAsync(theirs.Text("clientId"), theirs.Text("clientSecret"), token));
    }

    [Theory]
    [InlineData("organizationId")]
    [InlineData("clientId")]
    [InlineData("id")]
    [InlineData("applicationId")]
    [Trait("negative", "8")]
    public async Task What_the_server_decides_cannot_be_said(string member)
    {
        var api = await RegisterAsync(Url(), KeyOf(Acme));
        var body = new Dictionary<string, string> { ["url"] = Url(), [member] = Rival };

        (await side.PostAsync("/resources", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", member);
        body.Remove("url");
        (await side.SendAsync(HttpMethod.Patch, $"/resources/{api.Text("id")}", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", member);
    }

    [Fact]
    public async Task Nothing_is_done_that_cannot_be_told()
    {
        var (url, late) = (Url(), Url());
        var api = await RegisterAsync(url, KeyOf(Acme));
        var path = $"/resources/{api.Text("id")}";
        Task<int> RunAsync(string sql) => side.Server.QueryAsync(context => context.Database.ExecuteSqlRawAsync(sql));
        await RunAsync("""CREATE TRIGGER silence BEFORE INSERT ON "AuditEvents" WHEN NEW."Type" LIKE 'resource.%' BEGIN SELECT RAISE(ABORT, 'silence'); END""");
        try
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await side.PostAsync("/resources", KeyOf(Acme), new { url = late })).Status);
            Assert.Equal(HttpStatusCode.InternalServerError, (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { displayName = "Untold" })).Status);
            Assert.Equal(HttpStatusCode.InternalServerError, (await side.PostAsync(path + "/rotate-secret", KeyOf(Acme), new { })).Status);
            Assert.Equal(HttpStatusCode.InternalServerError, (await side.SendAsync(HttpMethod.Delete, path, KeyOf(Acme))).Status);
        }
        finally
        {
            await RunAsync("DROP TRIGGER silence");
        }

        Assert.Equal("The robots", (await side.GetAsync(path, KeyOf(Acme))).Ok().Text("displayName"));
        Assert.False(await IsActiveAsync(api.Text("clientId"), api.Text("clientSecret"), "nothing"));
        await RegisterAsync(late, KeyOf(Rival));
    }

    [Fact]
    public async Task Once_deleted_it_gets_no_more_tokens_and_its_client_is_gone()
    {
        var (url, agent) = (Url(), Client());
        var api = await RegisterAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url);
        var token = await TokenAsync(agent, url);

        (await side.SendAsync(HttpMethod.Delete, $"/resources/{api.Text("id")}", KeyOf(Acme))).Ok(HttpStatusCode.NoContent);

        foreach (var resource in new[] { url, null })
        {
            using var refused = await AskAsync(agent, resource);
            await Flows.AssertErrorAsync(refused, 400, "invalid_target");
        }

        using var introspection = await Flows.PostAsync(side.Server, "/connect/introspect", api.Text("clientId"), api.Text("clientSecret"), ("token", token));
        await Flows.AssertErrorAsync(introspection, 401, "invalid_client");
        (await side.GetAsync($"/resources/{api.Text("id")}", KeyOf(Acme))).Refused(HttpStatusCode.NotFound, "not_found");
        foreach (var type in new[] { ScopeEvents.ResourceRegistered, ScopeEvents.ResourceDeleted })
        {
            Assert.Single(await side.Server.TrailAsync(type), row => row.Target == api.Text("id"));
        }
    }

    [Fact]
    public async Task A_consent_from_before_gives_no_token_for_it_and_none_for_the_issuer_instead()
    {
        var (url, agent) = (Url(), Client());
        var api = await RegisterAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url, Flows.Api);
        using var browser = new TestBrowser(side.Server);
        var answer = await Flows.AuthorizeAsync(browser, agent, Flows.WebRedirect, ("scope", "calendar:read offline_access"), ("resource", url));
        using var redeemed = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "authorization_code"), ("code", answer["code"]),
            ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));
        var refreshToken = (await TokenSide.OkAsync(redeemed)).GetProperty("refresh_token").GetString();
        var next = await Flows.AuthorizeAsync(browser, agent, Flows.WebRedirect, ("scope", "calendar:read offline_access"), ("resource", url));

        (await side.SendAsync(HttpMethod.Delete, $"/resources/{api.Text("id")}", KeyOf(Acme))).Ok(HttpStatusCode.NoContent);

        using var refreshed = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "refresh_token"), ("refresh_token", refreshToken));
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_target");
        using var late = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "authorization_code"), ("code", next["code"]),
            ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));
        await Flows.AssertErrorAsync(late, 400, "invalid_target");

        // Its next owner is no heir of what was granted for it.
        await RegisterAsync(url, KeyOf(Rival));
        using var inherited = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("resource", url));
        await Flows.AssertErrorAsync(inherited, 400, "invalid_target");
    }

    [Theory]
    [InlineData(Role.Auditor)]
    [InlineData(Role.Developer)]
    public async Task Only_admins_register_change_and_remove_APIs(Role role)
    {
        var api = await RegisterAsync(Url(), KeyOf(Acme));
        var path = $"/resources/{api.Text("id")}";

        (await side.PostAsync("/resources", KeyOf(Acme, role), new { url = Url() })).Refused(HttpStatusCode.Forbidden, "role");
        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme, role), new { displayName = "x" })).Refused(HttpStatusCode.Forbidden, "role");
        (await side.SendAsync(HttpMethod.Delete, path, KeyOf(Acme, role))).Refused(HttpStatusCode.Forbidden, "role");
        (await side.GetAsync(path, KeyOf(Acme, role))).Ok();
        (await side.GetAsync(path, null)).Refused(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Of_many_who_register_one_URL_at_once_one_wins()
    {
        var url = Url();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => side.PostAsync("/resources", KeyOf(i % 2 == 0 ? Acme : Rival), new { url })));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Refused(HttpStatusCode.Conflict, "url_taken"));
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Applications.CountAsync(row => row.Properties!.Contains(url))));
    }

    [Fact]
    public async Task An_organization_can_register_200_APIs()
    {
        const string crowded = "acct_01jz0000000000000000000200";
        await side.AddAsync([
            new Organization { Id = crowded, Name = crowded, Version = "1" },
            .. Owner(crowded),
            Key(crowded, Role.Admin),
            .. Enumerable.Range(0, 199).Select(i => new ProtectedResource { Uri = $"https://crowded.example/{i}", Id = $"res_{i}", OrganizationId = crowded, Version = "1" })]);
        await RegisterAsync(Url(), KeyOf(crowded));
        (await side.PostAsync("/resources", KeyOf(crowded), new { url = Url() })).Refused(HttpStatusCode.Conflict, "too_many_resources");
    }

    [Fact]
    public async Task A_configured_API_does_not_take_an_organizations_over()
    {
        await using var server = await TestServer.StartAsync();
        await server.QueryAsync(context =>
        {
            context.Add(new Organization { Id = Acme, Name = "Acme", Version = "1" });
            context.Add(new ProtectedResource { Uri = Api, Id = "res_1", OrganizationId = Acme, Version = "1" });
            return context.SaveChangesAsync();
        });

        var refused = await Assert.ThrowsAsync<AuthServer.Configuration.StartRefusedException>(() => server.RestartAsync(("AuthServer:Resources:0:Url", Api)));

        Assert.Contains(Api, refused.Message, StringComparison.Ordinal);
    }

    private static string Url() => $"https://{Guid.NewGuid():N}.acme.example/mcp";

    private static string Client() => $"agc_{Guid.NewGuid():N}";

    private async Task<ApiAnswer> RegisterAsync(string url, string key, string[]? scopes = null, string[]? introspectors = null)
    {
        var answer = (await side.PostAsync("/resources", key, new { url, displayName = "The robots", scopes = scopes ?? [], introspectors = introspectors ?? [] })).Ok(HttpStatusCode.Created);
        Assert.Equal($"/api/v1/resources/{answer.Text("id")}", answer.Location);
        return answer;
    }

    private Task<HttpResponseMessage> AskAsync(string agent, string? resource, string? scope = "calendar:read") =>
        Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "client_credentials"), ("scope", scope), ("resource", resource));

    private async Task<string> TokenAsync(string agent, string resource, string? scope = "calendar:read")
    {
        using var response = await AskAsync(agent, resource, scope);
        return (await TokenSide.OkAsync(response)).GetProperty("access_token").GetString()!;
    }

    private async Task<bool> IsActiveAsync(string clientId, string secret, string token)
    {
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", clientId, secret, ("token", token));
        return (await TokenSide.OkAsync(response)).GetProperty("active").GetBoolean();
    }
}
