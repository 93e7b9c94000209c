using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>Who may see, change and use a connection.</summary>
[Trait("negative", "54")]
public sealed class ConnectionRightsTests(ConnectionSide side) : IClassFixture<ConnectionSide>
{
    [Fact]
    public async Task To_another_organization_nothing_of_it_exists()
    {
        var (id, other) = (await side.NewAsync(), await OrganizationSide.CreateAsync(side.Server));
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, Path(id), null), (HttpMethod.Patch, Path(id), new { name = "Mine" }), (HttpMethod.Delete, Path(id), null),
            (HttpMethod.Post, Path(id, "/activate"), null), (HttpMethod.Post, Path(id, "/deactivate"), null), (HttpMethod.Get, Path(id, "/access"), null),
            (HttpMethod.Get, Path(id, "/versions"), null), (HttpMethod.Get, Path(id, "/versions/1"), null), (HttpMethod.Post, Path(id, "/versions/1/restore"), null),
            (HttpMethod.Get, Path(id, "/export"), null), (HttpMethod.Get, Path("nothing"), null),
        })
        {
            (await side.TryAsync(method, path, body, other)).Is(HttpStatusCode.NotFound, "not_found");
        }

        Assert.DoesNotContain(id, await side.IdsAsync("", other));
    }

    [Fact]
    public async Task Auditors_read_developers_change_and_admins_decide_about_secrets_and_where_they_go()
    {
        var (auditor, developer, admin) = (await side.ColleagueAsync(Role.Auditor), await side.ColleagueAsync(Role.Developer), await side.ColleagueAsync(Role.Admin));
        var id = await side.NewAsync();

        Assert.Equal(id, Id(await auditor.GetAsync(Path(id))));
        (await side.TryAsync(HttpMethod.Post, Route, Gmail(), auditor)).Is(HttpStatusCode.Forbidden, "role");
        (await side.PatchAsync(id, new { description = "x" }, auditor)).Is(HttpStatusCode.Forbidden, "role");
        var draft = Id(await side.CreateAsync(new { provider = "gitlab", name = "By a developer", settings = new { fields = new { host = "git.example" } } }, developer));
        (await side.PatchAsync(id, new { description = "By a developer", settings = new { timeout = 10 } }, developer)).Is(HttpStatusCode.OK);
        foreach (var body in new object[]
        {
            new { credentials = new { client_secret = "mine" } }, new { credentials = new { client_id = "mine" } }, new { allow_raw_tokens = true }, new { return_check = "none" },
            new { access = new { use = new[] { "owner" } } }, new { settings = new { token_url = "https://evil.example/" } }, new { settings = new { base_url = "https://evil.example/" } },
            new { settings = new { authorization_url = "https://evil.example/" } }, new { settings = new { redirect_uri = "https://evil.example/" } },
            new { settings = new { return_urls = new[] { "https://evil.example/" } } }, new { settings = new { fields = new { domain = "evil.example" } } },
        })
        {
            var json = JsonSerializer.Serialize(body).Replace("domain", "host", StringComparison.Ordinal);
            var target = json.Contains("host", StringComparison.Ordinal) ? draft : id;
            if (target == draft)
            {
                (await side.PatchAsync(draft, new { credentials = new { client_id = "abc", client_secret = "a-secret-of-gitlab" } }, admin)).Is(HttpStatusCode.OK);
            }

            var refused = await side.PatchAsync(target, json, developer);
            Assert.True(refused.Status == HttpStatusCode.Forbidden, $"{json}: {refused.Text}");
            Assert.Equal("role", refused.Code);
            (await side.PatchAsync(target, json, admin)).Is(HttpStatusCode.OK);
        }

        (await side.TryAsync(HttpMethod.Delete, Path(id), by: developer)).Is(HttpStatusCode.Forbidden, "role");
        (await side.TryAsync(HttpMethod.Delete, Path(id), by: admin)).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Access_narrows_who_sees_and_changes_it_and_admins_are_never_locked_out()
    {
        var (one, two, admin) = (await side.ColleagueAsync(Role.Developer), await side.ColleagueAsync(Role.Developer), await side.ColleagueAsync(Role.Admin));
        var auditor = await side.ColleagueAsync(Role.Auditor);
        var id = await side.NewAsync();
        (await side.PatchAsync(id, new { access = new { view = new[] { "admin", one.UserId, auditor.UserId }, edit = new[] { one.UserId, auditor.UserId } } })).Is(HttpStatusCode.OK);

        (await side.TryAsync(HttpMethod.Get, Path(id), by: two)).Is(HttpStatusCode.NotFound, "not_found");
        (await side.PatchAsync(id, new { description = "x" }, two)).Is(HttpStatusCode.NotFound, "not_found");
        (await side.TryAsync(HttpMethod.Get, Path(id, "/versions"), by: two)).Is(HttpStatusCode.NotFound, "not_found");
        (await side.TryAsync(HttpMethod.Get, Path(id, "/export"), by: two)).Is(HttpStatusCode.NotFound, "not_found");
        Assert.DoesNotContain(id, await side.IdsAsync("?limit=200", two));
        (await side.TryAsync(HttpMethod.Get, Path(id), by: auditor)).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { description = "x" }, auditor)).Is(HttpStatusCode.Forbidden, "role");
        (await side.PatchAsync(id, new { description = "One" }, one)).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { description = "Admin" }, admin)).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { access = new { view = (object?)null, edit = Array.Empty<string>() } })).Is(HttpStatusCode.OK);
        (await side.PatchAsync(id, new { description = "x" }, two)).Is(HttpStatusCode.Forbidden, "not_editable");

        var review = (await side.Owner.GetAsync(Path(id, "/access?limit=200"))).GetProperty("data").EnumerateArray().ToDictionary(item => Text(item, "id"));
        Assert.Equal((true, true), (review[side.Owner.UserId].GetProperty("view").GetBoolean(), review[side.Owner.UserId].GetProperty("edit").GetBoolean()));
        Assert.Equal((true, false), (review[one.UserId].GetProperty("view").GetBoolean(), review[one.UserId].GetProperty("edit").GetBoolean()));
        Assert.Equal("auditor", Text(review[auditor.UserId], "role"));
        Assert.Equal("Grace Hopper", Text(review[auditor.UserId], "name"));
    }

    [Fact]
    public async Task Whom_access_names_is_of_the_organization()
    {
        var stranger = await OrganizationSide.CreateAsync(side.Server);
        var id = await side.NewAsync();
        var answer = (await side.PatchAsync(id, new { access = new { view = new[] { stranger.UserId }, use = new[] { Text(await stranger.RegisterAsync(), "id") } } }))
            .Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal(["access.use[0]", "access.view[0]"], answer.Json.GetProperty("errors").EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_agent_sees_what_it_may_use_and_changes_nothing()
    {
        var chain = new ChainSide();
        await chain.InitializeAsync();
        try
        {
            var (reader, other) = (await chain.AgentAsync("vault:connections:read"), await chain.AgentAsync("vault:connections:read"));
            var acme = chain.Organization;
            var open = Id(await acme.AskAsync(HttpMethod.Post, Route, Gmail(), HttpStatusCode.Created));
            var bound = Id(await acme.AskAsync(HttpMethod.Post, Route, Gmail(), HttpStatusCode.Created));
            await acme.AskAsync(HttpMethod.Patch, Path(bound), new { access = new { use = new[] { reader.Id } } });
            using var mine = chain.As(reader.Key);
            using var theirs = chain.As(other.Key);

            var list = (await mine.GetAsync("/connections")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().ToList();
            Assert.Equal(new[] { open, bound }.Order(), list.Select(Id).Order());
            Assert.All(list, item => Assert.All(new[] { "client_id", "settings", "secret_last4", "access", "has_secret" }, name => Assert.False(item.TryGetProperty(name, out _))));
            Assert.Equal([open], (await theirs.GetAsync("/connections")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(Id));
            (await theirs.GetAsync($"/connections/{bound}")).Is(HttpStatusCode.NotFound, "not_found");
            (await mine.GetAsync($"/connections/{bound}")).Is(HttpStatusCode.OK);
            (await mine.PatchAsync($"/connections/{bound}", new { name = "Mine" })).Is(HttpStatusCode.Forbidden, "members_only");
            (await mine.GetAsync($"/connections/{bound}/export")).Is(HttpStatusCode.Forbidden, "members_only");
            (await mine.GetAsync("/connection-templates")).Is(HttpStatusCode.OK);
            using var blind = chain.As((await chain.AgentAsync("api.read")).Key);
            (await blind.GetAsync("/connections")).Is(HttpStatusCode.Forbidden, "insufficient_scope");

            var review = (await acme.GetAsync(Path(bound, "/access"))).GetProperty("data").EnumerateArray().Where(item => Text(item, "kind") == "agent").ToList();
            Assert.Equal(reader.Id, Text(Assert.Single(review), "id"));
            Assert.True((await acme.GetAsync(Path(open, "/access?limit=1&offset=1"))).GetProperty("meta").GetProperty("total").GetInt32() >= 4);
            Assert.Equal("agent", Text((await acme.GetAsync(Path(open, "/access?limit=1&offset=1"))).GetProperty("data")[0], "kind"));
        }
        finally
        {
            await chain.DisposeAsync();
        }
    }
}
