using System.Net;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Scopes;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Scopes.TwoOrganizations;

namespace AuthServer.Tests.Scopes;

/// <summary>How an organization describes its APIs.</summary>
public sealed class ResourcesApiTests(TwoOrganizations side) : IClassFixture<TwoOrganizations>
{
    [Fact]
    public async Task The_secret_is_shown_once_and_kept_as_a_hash()
    {
        var api = await side.RegisterApiAsync(NewUrl(), KeyOf(Acme));
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
        var (url, agent) = (NewUrl(), NewClientId());
        var api = await side.RegisterApiAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url);
        var (path, clientId, token) = ($"/resources/{api.Text("id")}/rotate-secret", api.Text("clientId"), await side.TokenAsync(agent, url));

        var second = (await side.PostAsync(path, KeyOf(Acme), new { overlapSeconds = 60 })).Ok();
        Assert.True(await side.IsActiveAsync(clientId, api.Text("clientSecret"), token));
        Assert.True(await side.IsActiveAsync(clientId, second.Text("clientSecret"), token));

        var third = (await side.PostAsync(path, KeyOf(Acme), new { })).Ok();
        using var refused = await Flows.PostAsync(side.Server, "/connect/introspect", clientId, second.Text("clientSecret"), ("token", token));
        await Flows.AssertErrorAsync(refused, 401, "invalid_client");
        Assert.True(await side.IsActiveAsync(clientId, third.Text("clientSecret"), token));

        (await side.PostAsync(path, KeyOf(Acme), new { overlapSeconds = -1 })).Refused(HttpStatusCode.BadRequest, "invalid_request");
        (await side.PostAsync(path, KeyOf(Acme, Role.Developer), new { })).Refused(HttpStatusCode.Forbidden, "role");
        (await side.PostAsync(path, KeyOf(Rival), new { })).Refused(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Another_organization_sees_and_touches_nothing_of_it()
    {
        var url = NewUrl();
        var api = await side.RegisterApiAsync(url, KeyOf(Acme));
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
    public async Task Loopback_may_do_without_https() => await side.RegisterApiAsync("http://127.0.0.1:4711/mcp", KeyOf(Acme));

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
        var url = NewUrl();
        var body = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
        body["url"] = JsonSerializer.SerializeToElement(url);

        (await side.PostAsync("/resources", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", field);

        Assert.False(await side.Server.QueryAsync(context => context.ProtectedResources.AnyAsync(row => row.Uri == url)));
        Assert.False(await side.Server.QueryAsync(context => context.Applications.AnyAsync(row => row.Properties!.Contains(url))));
    }

    [Theory]
    [InlineData("organizationId")]
    [InlineData("clientId")]
    [InlineData("id")]
    [InlineData("applicationId")]
    [Trait("negative", "8")]
    public async Task What_the_server_decides_cannot_be_said(string member)
    {
        var api = await side.RegisterApiAsync(NewUrl(), KeyOf(Acme));
        var body = new Dictionary<string, string> { ["url"] = NewUrl(), [member] = Rival };

        (await side.PostAsync("/resources", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", member);
        body.Remove("url");
        (await side.SendAsync(HttpMethod.Patch, $"/resources/{api.Text("id")}", KeyOf(Acme), body)).Refused(HttpStatusCode.BadRequest, "invalid_request", member);
    }

    [Fact]
    public async Task Nothing_is_done_that_cannot_be_told()
    {
        var (url, late) = (NewUrl(), NewUrl());
        var api = await side.RegisterApiAsync(url, KeyOf(Acme));
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
        Assert.False(await side.IsActiveAsync(api.Text("clientId"), api.Text("clientSecret"), "nothing"));
        await side.RegisterApiAsync(late, KeyOf(Rival));
    }

    [Theory]
    [InlineData(Role.Auditor)]
    [InlineData(Role.Developer)]
    public async Task Only_admins_register_change_and_remove_APIs(Role role)
    {
        var api = await side.RegisterApiAsync(NewUrl(), KeyOf(Acme));
        var path = $"/resources/{api.Text("id")}";

        (await side.PostAsync("/resources", KeyOf(Acme, role), new { url = NewUrl() })).Refused(HttpStatusCode.Forbidden, "role");
        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme, role), new { displayName = "x" })).Refused(HttpStatusCode.Forbidden, "role");
        (await side.SendAsync(HttpMethod.Delete, path, KeyOf(Acme, role))).Refused(HttpStatusCode.Forbidden, "role");
        (await side.GetAsync(path, KeyOf(Acme, role))).Ok();
        (await side.GetAsync(path, null)).Refused(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Of_many_who_register_one_URL_at_once_one_wins()
    {
        var url = NewUrl();

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
        await side.RegisterApiAsync(NewUrl(), KeyOf(crowded));
        (await side.PostAsync("/resources", KeyOf(crowded), new { url = NewUrl() })).Refused(HttpStatusCode.Conflict, "too_many_resources");
    }

    [Fact]
    public async Task Who_is_no_admin_any_more_when_it_is_saved_changes_and_deletes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var acme = await OrganizationSide.CreateAsync(server);
        var colleague = await acme.ColleagueAsync(Role.Admin);
        var made = await colleague.AskAsync(HttpMethod.Post, "/api/v1/resources", new { url = NewUrl(), displayName = "Before" }, HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString()!;

        // As they were when the request began.
        var admin = new Developer(acme.Id, colleague.UserId, Role.Admin, null);
        await server.QueryAsync(context => context.Members.Where(row => row.UserId == colleague.UserId).ExecuteUpdateAsync(set => set.SetProperty(row => row.Role, Role.Developer)));
        var servers = server.Services.GetRequiredService<ResourceServers>();
        var (changed, deleted) = (
            await servers.ChangeAsync(new DefaultHttpContext(), admin, id, new ResourceChange { DisplayName = "After" }, new IfMatch((IReadOnlyList<string>?)null), default),
            await servers.DeleteAsync(new DefaultHttpContext(), admin, id, new IfMatch((IReadOnlyList<string>?)null), default));

        Assert.Equal(("role", "role"), (changed.Problem!.Code, deleted.Problem!.Code));
        Assert.Equal("Before", await server.QueryAsync(context => context.ProtectedResources.Where(row => row.Id == id).Select(row => row.DisplayName).SingleAsync()));
        Assert.Empty(await server.TrailAsync(ScopeEvents.ResourceChanged));
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
}
