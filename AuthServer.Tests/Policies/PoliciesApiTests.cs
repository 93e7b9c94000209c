using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Policies;

public sealed class PoliciesApiTests(PolicyServer shared) : IClassFixture<PolicyServer>, IAsyncLifetime
{
    private const string Path = "/api/v1/policies";

    private OrganizationSide _acme = null!;

    public async Task InitializeAsync() => _acme = await shared.OrganizationAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_policy_that_the_seed_shows_is_made_and_read()
    {
        var agent = Text(await _acme.RegisterAsync(), "id");
        using var response = await _acme.SendAsync(HttpMethod.Post, Path, new
        {
            agentId = agent,
            name = "Rate limit emails",
            rules = new[] { new { type = "rate_limit", config = new { maxRequests = 10, windowSeconds = 3600, scope = "per_user" } } },
        });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var made = await TestServer.JsonAsync(response);
        Assert.StartsWith("pol_", Text(made, "id"), StringComparison.Ordinal);
        Assert.Equal($"{Path}/{Text(made, "id")}", response.Headers.Location!.ToString());
        Assert.Equal($"\"{Text(made, "version")}\"", response.Headers.ETag!.Tag);
        Assert.Equal((agent, "Rate limit emails", "allow"), (Text(made, "agentId"), Text(made, "name"), Text(made, "effect")));
        Assert.Equal("""[{"type":"rate_limit","config":{"maxRequests":10,"windowSeconds":3600,"scope":"per_user"}}]""", made.GetProperty("rules").GetRawText());
        Assert.Equal(agent, made.GetProperty("subjects").GetProperty("agentIds")[0].GetString());
        Assert.Equal((true, 0), (made.GetProperty("enabled").GetBoolean(), made.GetProperty("priority").GetInt32()));

        Assert.True(JsonElement.DeepEquals(made, await _acme.GetAsync($"{Path}/{Text(made, "id")}")));
        var list = await _acme.GetAsync(Path);
        Assert.True(JsonElement.DeepEquals(made, Assert.Single(list.GetProperty("data").EnumerateArray())));
        Assert.Equal(1, list.GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task The_policy_that_AgentAuth_shows_is_made_from_either_spelling()
    {
        var agent = Text(await _acme.RegisterAsync(), "id");
        var made = await CreateAsync($$"""
            {"name":"Internal only","description":"From the office.","effect":"allow","subjects":{"agent_ids":["{{agent}}"],"wildcard":false},
             "resources":{"paths":["/api/v1/files*"],"wildcard":false},"actions":["files.read"],"conditions":{"ip_allowlist":["10.0.0.0/8"]},"priority":7,"enabled":true}
            """);
        Assert.Equal("/api/v1/files*", made.GetProperty("resources").GetProperty("paths")[0].GetString());
        Assert.Equal("10.0.0.0/8", made.GetProperty("conditions").GetProperty("ipAllowlist")[0].GetString());
        Assert.Equal("""[{"type":"ip_allowlist","config":{"cidrs":["10.0.0.0/8"]}}]""", made.GetProperty("rules").GetRawText());
        var everybody = await CreateAsync("""{"name":"All","effect":"deny","subjects":{"wildcard":true},"resources":{"wildcard":true},"actions":[]}""");
        Assert.True(everybody.GetProperty("subjects").GetProperty("wildcard").GetBoolean());
        Assert.True(everybody.GetProperty("resources").GetProperty("wildcard").GetBoolean());
    }

    [Theory]
    [InlineData("id")]
    [InlineData("organizationId")]
    [InlineData("organization_id")]
    [Trait("negative", "9")]
    public async Task What_the_server_decides_cannot_be_said(string member)
    {
        var made = await CreateAsync("""{"name":"Office","actions":["crm.*"]}""");
        var body = new JsonObject { ["name"] = "Office", ["actions"] = new JsonArray("crm.*"), [member] = "acct_01jz0000000000000000000009" };
        foreach (var (method, path) in new[] { (HttpMethod.Post, Path), (HttpMethod.Put, $"{Path}/{Text(made, "id")}"), (HttpMethod.Patch, $"{Path}/{Text(made, "id")}") })
        {
            var problem = await _acme.AskAsync(method, path, body, HttpStatusCode.BadRequest);
            Assert.Equal("invalid_request", Text(problem, "code"));
        }

        Assert.True(JsonElement.DeepEquals(made, await _acme.GetAsync($"{Path}/{Text(made, "id")}")));
    }

    [Fact]
    public async Task What_is_read_can_be_written_back_and_is_the_same()
    {
        var agent = Text(await _acme.RegisterAsync(), "id");
        var made = await CreateAsync($$"""
            {"agentId":"{{agent}}","name":"Office","description":"d","effect":"deny","subjects":{"agentTypes":["tool"],"userIds":["usr_01hzzzzzzzzzzzzzzzzzzzzzzz"]},
             "resources":["/a*","/b"],"actions":["crm.*"],"conditions":{"ipAllowlist":["10.0.0.0/8","2001:db8::/32"]},"priority":-3,"enabled":false}
            """);
        var body = (JsonObject)JsonNode.Parse(made.GetRawText())!;
        foreach (var read in new[] { "id", "createdAt", "updatedAt", "version" })
            body.Remove(read);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch })
        {
            var again = await _acme.AskAsync(method, $"{Path}/{Text(made, "id")}", body);
            Assert.NotEqual(Text(made, "version"), Text(again, "version"));
            foreach (var member in body)
                Assert.True(JsonElement.DeepEquals(made.GetProperty(member.Key), again.GetProperty(member.Key)), member.Key);
        }
    }

    [Fact]
    public async Task PATCH_leaves_what_it_does_not_name_and_PUT_does_not()
    {
        var path = $"{Path}/{Text(await CreateAsync("""{"name":"Office","description":"d","priority":5,"actions":["email:*"],"rules":[{"type":"max_risk","config":{"level":"low"}}]}"""), "id")}";
        var patched = await _acme.AskAsync(HttpMethod.Patch, path, """{"enabled":false}""");
        Assert.Equal(("Office", "d", 5, false), (Text(patched, "name"), Text(patched, "description"), patched.GetProperty("priority").GetInt32(), patched.GetProperty("enabled").GetBoolean()));
        Assert.Equal(1, patched.GetProperty("rules").GetArrayLength());
        var put = await _acme.AskAsync(HttpMethod.Put, path, """{"name":"Home"}""");
        Assert.Equal(("Home", 0, true), (Text(put, "name"), put.GetProperty("priority").GetInt32(), put.GetProperty("enabled").GetBoolean()));
        Assert.False(put.TryGetProperty("description", out _));
        Assert.Equal((0, 0), (put.GetProperty("rules").GetArrayLength(), put.GetProperty("actions").GetArrayLength()));
        Assert.Equal(Text(patched, "createdAt"), Text(put, "createdAt"));
    }

    [Fact]
    public async Task A_stale_version_is_refused_and_of_two_changes_at_once_one_wins()
    {
        var made = await CreateAsync("""{"name":"Office"}""");
        var path = $"{Path}/{Text(made, "id")}";
        await AssertStatusAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Patch, path, """{"priority":1}""", "\"other\"");
        await AssertStatusAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Delete, path, null, "\"other\"");
        var etag = $"\"{Text(made, "version")}\"";
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => _acme.SendAsync(HttpMethod.Patch, path, $$"""{"priority":{{i}}}""", etag)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => !answer.IsSuccessStatusCode), answer => Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode));
        Array.ForEach(answers, answer => answer.Dispose());
        Assert.Equal(2, (await shared.TrailAsync(_acme, PolicyEvents.Created)).Count + (await shared.TrailAsync(_acme, PolicyEvents.Updated)).Count);
    }

    [Fact]
    public async Task A_deleted_policy_is_gone_and_its_last_form_is_in_the_trail()
    {
        var id = Text(await CreateAsync("""{"name":"Office","rules":[{"type":"max_risk","config":{"level":"low"}}]}"""), "id");
        await AssertStatusAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"{Path}/{id}");
        await AssertStatusAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{Path}/{id}");
        await AssertStatusAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"{Path}/{id}");
        var told = Assert.Single(await shared.TrailAsync(_acme, PolicyEvents.Deleted));
        Assert.Equal((_acme.UserId, _acme.Id, id, id), (told.Subject, told.OrganizationId, told.PolicyId, told.Target));
        Assert.Contains("max_risk", told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("negative", "60")]
    public async Task Policies_and_agents_of_another_organization_do_not_exist()
    {
        var other = await shared.OrganizationAsync();
        var (foreign, agent) = (Text(await CreateAsync("""{"name":"Office"}"""), "id"), Text(await _acme.RegisterAsync(), "id"));
        foreach (var id in new[] { foreign, "pol_01hzzzzzzzzzzzzzzzzzzzzzzz", "nonsense" })
        {
            foreach (var (method, body) in new[] { (HttpMethod.Get, null), (HttpMethod.Patch, "{}"), (HttpMethod.Put, """{"name":"x"}"""), (HttpMethod.Delete, null) })
            {
                using var response = await other.SendAsync(method, $"{Path}/{id}", body);
                Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            }
        }

        Assert.Equal(0, (await other.GetAsync(Path)).GetProperty("data").GetArrayLength());
        foreach (var body in new[] { $$"""{"name":"x","agentId":"{{agent}}"}""", $$$"""{"name":"x","subjects":{"agentIds":["{{{agent}}}"]}}""" })
        {
            var problem = await other.AskAsync(HttpMethod.Post, Path, body, HttpStatusCode.BadRequest);
            Assert.Equal("There is no such agent.", Assert.Single(problem.GetProperty("errors").EnumerateObject()).Value[0].GetString());
        }

        await other.AskAsync(HttpMethod.Post, $"{Path}/evaluate", $$"""{"agentId":"{{agent}}","action":"email:read"}""", HttpStatusCode.NotFound);
        Assert.Equal("Office", Text(await _acme.GetAsync($"{Path}/{foreign}"), "name"));
    }

    [Theory]
    [InlineData("""[{"type":"time_window","config":{"allowedDays":[1],"startTimeUtc":"09:00","endTimeUtc":"17:00","timezone":"Mars/Olympus"}}]""", "timezone")]
    [InlineData("[{", "JSON")]
    public async Task A_policy_that_cannot_be_read_is_shown_with_its_fault_and_can_be_replaced_and_deleted(string rules, string fault)
    {
        var agent = Text(await _acme.RegisterAsync(), "id");
        var ids = new[] { await StoreAsync(rules), await StoreAsync(rules) };
        foreach (var policy in (await _acme.GetAsync(Path)).GetProperty("data").EnumerateArray().Append(await _acme.GetAsync($"{Path}/{ids[0]}")))
        {
            Assert.Contains(fault, Text(policy, "fault"), StringComparison.Ordinal);
            Assert.Equal("email:send", policy.GetProperty("actions")[0].GetString());
        }

        await AssertStatusAsync(HttpStatusCode.Conflict, HttpMethod.Patch, $"{Path}/{ids[0]}", """{"enabled":false}""");
        await AssertStatusAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"{Path}/simulate", """{"policy":{"name":"x"}}""");
        var asked = $$"""{"agentId":"{{agent}}","action":"email:read"}""";
        Assert.Equal("policy_failure", Text(await _acme.PostAsync($"{Path}/evaluate", asked), "reasonCode"));

        await AssertStatusAsync(HttpStatusCode.OK, HttpMethod.Put, $"{Path}/{ids[0]}", """{"name":"Whole again"}""");
        await AssertStatusAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"{Path}/{ids[1]}");
        Assert.False((await _acme.GetAsync($"{Path}/{ids[0]}")).TryGetProperty("fault", out _));
        Assert.True((await _acme.PostAsync($"{Path}/evaluate", asked)).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task An_organization_can_have_500_policies()
    {
        await shared.Server.QueryAsync(context =>
        {
            context.Policies.AddRange(Enumerable.Range(0, 499).Select(i => Stored($"Policy {i}", "[]")));
            return context.SaveChangesAsync();
        });
        await CreateAsync("""{"name":"The last"}""");
        var refused = await _acme.AskAsync(HttpMethod.Post, Path, """{"name":"One more"}""", HttpStatusCode.Conflict);
        Assert.Equal("too_many_policies", Text(refused, "code"));
    }

    [Fact]
    [Trait("negative", "61")]
    public async Task An_auditor_reads_and_changes_nothing_and_a_stranger_not_even_that()
    {
        var id = Text(await CreateAsync("""{"name":"Office"}"""), "id");
        var auditor = await _acme.ColleagueAsync(Role.Auditor);
        Assert.Equal("Office", Text(await auditor.GetAsync($"{Path}/{id}"), "name"));
        foreach (var (method, path) in new[] { (HttpMethod.Post, Path), (HttpMethod.Put, $"{Path}/{id}"), (HttpMethod.Patch, $"{Path}/{id}"), (HttpMethod.Delete, $"{Path}/{id}") })
        {
            using var response = await auditor.SendAsync(method, path, """{"name":"x"}""");
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        foreach (var path in new[] { $"{Path}/evaluate", $"{Path}/simulate" })
        {
            using var refused = await auditor.SendAsync(HttpMethod.Post, path, "{}");
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            using var nobody = shared.Server.CreateClient();
            using var stranger = await nobody.PostAsync(path, new StringContent("{}", null, "application/json"));
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        }

        using var http = shared.Server.CreateClient();
        foreach (var path in new[] { Path, $"{Path}/{id}" })
        {
            using var response = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"a\u202eb"}""", "name")]
    [InlineData("""{"name":" x"}""", "name")]
    [InlineData("""{"name":"x","effect":"maybe"}""", "effect")]
    [InlineData("""{"name":"x","efect":"deny"}""", "efect")]
    [InlineData("""{"name":"x","priority":1000001}""", "priority")]
    [InlineData("""{"name":"x","agentId":"agt_nonsense"}""", "agentId")]
    [InlineData("""{"name":"x","agentId":"usr_01hzzzzzzzzzzzzzzzzzzzzzzz"}""", "agentId")]
    [InlineData("""{"name":"x","subjects":{"agentIds":["agt_01hzzzzzzzzzzzzzzzzzzzzzzz"]}}""", "subjects.agentIds[0]")]
    [InlineData("""{"name":"x","subjects":{"userIds":["nobody"]}}""", "subjects.userIds[0]")]
    [InlineData("""{"name":"x","subjects":{"agentTypes":["robot"]}}""", "subjects.agentTypes[0]")]
    [InlineData("""{"name":"x","subjects":{"trustLevels":["root","root"]}}""", "subjects.trustLevels[1]")]
    [InlineData("""{"name":"x","subjects":{"agentTypes":["tool"],"wildcard":true}}""", "subjects.wildcard")]
    [InlineData("""{"name":"x","subjects":{"wildcard":false}}""", "subjects.wildcard")]
    [InlineData("""{"name":"x","subjects":{"groups":[]}}""", "subjects.groups")]
    [InlineData("""{"name":"x","resources":"/a"}""", "resources")]
    [InlineData("""{"name":"x","resources":["/a","/*/b"]}""", "resources[1]")]
    [InlineData("""{"name":"x","resources":[7]}""", "resources[0]")]
    [InlineData("""{"name":"x","resources":["\ud800"]}""", "resources")]
    [InlineData("""{"name":"x","resources":{"paths":["/a"],"wildcard":true}}""", "resources.wildcard")]
    [InlineData("""{"name":"x","resources":{"path":"/a"}}""", "resources.path")]
    [InlineData("""{"name":"x","actions":["email:send","ema*"]}""", "actions[1]")]
    [InlineData("""{"name":"x","actions":[null]}""", "actions[0]")]
    [InlineData("""{"name":"x","rules":{}}""", "rules")]
    [InlineData("""{"name":"x","rules":[{"type":"geo","config":{}}]}""", "rules[0].type")]
    [InlineData("""{"name":"x","rules":[{"type":"\ud800","config":{}}]}""", "rules")]
    [InlineData("""{"name":"x","rules":[{"type":"time_window","config":{"allowedDays":[1],"startTimeUtc":"09:00","endTimeUtc":"09:00","timezone":"UTC"}}]}""", "rules[0].config.endTimeUtc")]
    [InlineData("""{"name":"x","effect":"deny","rules":[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":1,"scope":"per_user"}}]}""", "rules[0].type")]
    [InlineData("""{"name":"x","conditions":{"ipAllowlist":["10.0.0.0/8","10.0.0.1/8"]}}""", "conditions.ipAllowlist[1]")]
    [InlineData("""{"name":"x","conditions":{"time_window":{}}}""", "conditions.timeWindow")]
    [InlineData("""{"name":"x","conditions":{"time_window":{"not_before":"noon"}}}""", "conditions.timeWindow.notBefore")]
    [InlineData("""{"name":"x","conditions":{"time_window":{"not_before":"2027-01-02T00:00:00Z","not_after":"2027-01-01T00:00:00Z"}}}""", "conditions.timeWindow.notAfter")]
    [InlineData("""{"name":"x","conditions":{"rate_limit":{"requests":0,"window_seconds":60}}}""", "conditions.rateLimit.requests")]
    [InlineData("""{"name":"x","conditions":{"rate_limit":{"requests":1}}}""", "conditions.rateLimit.windowSeconds")]
    [InlineData("""{"name":"x","conditions":{"ip_ranges":["here"]}}""", "conditions.ipRanges[0]")]
    [InlineData("""{"name":"x","conditions":{"geo":{}}}""", "conditions.geo")]
    [InlineData("""{"name":"x","subjects":{}}""", "subjects")]
    [InlineData("""{"name":"x","subjects":{"agent_ids":[]}}""", "subjects")]
    [InlineData("""{"name":"x","resources":{}}""", "resources")]
    [InlineData("""{"name":"x","resources":{"paths":[]}}""", "resources")]
    public async Task A_policy_that_could_not_be_evaluated_is_refused_and_the_field_is_named(string body, string field)
    {
        var problem = await _acme.AskAsync(HttpMethod.Post, Path, body, HttpStatusCode.BadRequest);
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal(0, (await _acme.GetAsync(Path)).GetProperty("meta").GetProperty("total").GetInt32());
        Assert.Empty(await shared.TrailAsync(_acme, PolicyEvents.Created));
    }

    [Fact]
    public async Task A_member_that_is_named_twice_is_refused()
    {
        foreach (var body in new[] { """{"name":"x","name":"y"}""", """{"name":"x","rules":[{"type":"max_risk","config":{"level":"low","level":"critical"}}]}""" })
            await AssertStatusAsync(HttpStatusCode.BadRequest, HttpMethod.Post, Path, body);
    }

    [Fact]
    public async Task A_change_that_is_refused_changes_nothing()
    {
        var made = await CreateAsync("""{"name":"Office","rules":[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":1,"scope":"per_user"}}]}""");
        var path = $"{Path}/{Text(made, "id")}";
        var problem = await _acme.AskAsync(HttpMethod.Patch, path, """{"name":"New","effect":"deny"}""", HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("rules[0].type", out _));
        Assert.True(JsonElement.DeepEquals(made, await _acme.GetAsync(path)));
    }

    [Fact]
    public async Task The_list_comes_by_priority_in_pages_and_for_one_agent()
    {
        var agent = Text(await _acme.RegisterAsync(), "id");
        foreach (var priority in new[] { 1, 3, 2 })
            await CreateAsync($$"""{"name":"p{{priority}}","priority":{{priority}}}""");
        await CreateAsync($$"""{"name":"agent's","agentId":"{{agent}}"}""");
        var page = await _acme.GetAsync($"{Path}?limit=2&offset=1");
        Assert.Equal(["p2", "p1"], page.GetProperty("data").EnumerateArray().Select(item => Text(item, "name")));
        Assert.Equal((4, 2, 1), (page.GetProperty("meta").GetProperty("total").GetInt32(), page.GetProperty("meta").GetProperty("limit").GetInt32(), page.GetProperty("meta").GetProperty("offset").GetInt32()));
        await CreateAsync($$$"""{"name":"theirs","priority":-1,"subjects":{"agentIds":["{{{agent}}}"]}}""");
        foreach (var name in new[] { "agentId", "agent_id" })
            Assert.Equal(["agent's", "theirs"], (await _acme.GetAsync($"{Path}?{name}={agent}")).GetProperty("data").EnumerateArray().Select(item => Text(item, "name")));
        await AssertStatusAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"{Path}?agentId=nonsense");
    }

    [Fact]
    public async Task Each_example_of_the_syntax_is_a_rule_that_can_be_written()
    {
        var rules = (await _acme.GetAsync($"{Path}/syntax")).GetProperty("rules").EnumerateArray().ToArray();
        Assert.Equal(10, rules.Length);
        foreach (var rule in rules)
            await CreateAsync($$"""{"name":"{{Text(rule, "type")}}","rules":[{{rule.GetProperty("example").GetRawText()}}]}""");
    }

    /// <summary>As it may be in the database, whatever it says.</summary>
    private async Task<string> StoreAsync(string rules)
    {
        var row = Stored("Broken", rules);
        await shared.Server.QueryAsync(context =>
        {
            context.Policies.Add(row);
            return context.SaveChangesAsync();
        });
        return row.Id;
    }

    private PolicyRow Stored(string name, string rules) => new()
    {
        Id = Identifiers.New("pol_", shared.Server.Clock.Now),
        OrganizationId = _acme.Id,
        Name = name,
        Effect = PolicyEffect.Allow,
        Actions = """["email:send"]""",
        Rules = rules,
        Enabled = true,
        Version = Guid.NewGuid().ToString(),
    };

    private Task<JsonElement> CreateAsync(string body) => _acme.AskAsync(HttpMethod.Post, Path, body, HttpStatusCode.Created);

    private async Task AssertStatusAsync(HttpStatusCode expected, HttpMethod method, string path, string? body = null, string? ifMatch = null)
    {
        using var response = await _acme.SendAsync(method, path, body, ifMatch);
        Assert.Equal(expected, response.StatusCode);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
