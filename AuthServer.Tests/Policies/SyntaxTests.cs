using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Policies;

/// <summary>What the syntax says, the evaluation does: each advertised member is tried with a question that it hits and one that it misses.</summary>
public sealed class SyntaxTests(PolicyServer shared) : IClassFixture<PolicyServer>, IAsyncLifetime
{
    private const string Path = "/api/v1/policies";

    // A policy, a question it is about and one it is not about. What denies, denies the first and lets the second pass; what allows, the other way round.
    private static readonly Dictionary<string, (string Policy, string Hit, string Miss)> Tried = new()
    {
        ["subjects.agentIds"] = ("""{"effect":"deny","subjects":{"agentIds":["AGENT"]}}""", """{"agentId":"AGENT","action":"email:send"}""", """{"agentId":"OTHER","action":"email:send"}"""),
        ["subjects.userIds"] = ("""{"effect":"deny","subjects":{"userIds":["USER"]}}""", """{"agentId":"AGENT","userId":"USER","action":"email:send"}""", """{"agentId":"AGENT","action":"email:send"}"""),
        ["subjects.agentTypes"] = ("""{"effect":"deny","subjects":{"agentTypes":["tool"]}}""", """{"agentId":"OTHER","action":"email:send"}""", """{"agentId":"AGENT","action":"email:send"}"""),
        ["subjects.trustLevels"] = ("""{"effect":"deny","subjects":{"trustLevels":["root"],"agentIds":["AGENT"]}}""", """{"agentId":"AGENT","action":"email:send"}""", """{"agentId":"OTHER","action":"email:send"}"""),
        ["subjects.wildcard"] = ("""{"effect":"deny","subjects":{"wildcard":true},"actions":["email:send"]}""", """{"agentId":"OTHER","action":"email:send"}""", """{"agentId":"OTHER","action":"email:read"}"""),
        ["resources.paths"] = ("""{"effect":"deny","resources":{"paths":["/api/v1/email*"]}}""", """{"agentId":"AGENT","action":"read","resource":"/api/v1/email/7"}""", """{"agentId":"AGENT","action":"email:read","resource":"/api/v1/agents"}"""),
        ["resources.wildcard"] = ("""{"effect":"deny","resources":{"wildcard":true},"actions":["read"]}""", """{"agentId":"AGENT","action":"read","resource":"email"}""", """{"agentId":"AGENT","action":"execute","resource":"email:send"}"""),
        ["conditions.ipAllowlist"] = ("""{"conditions":{"ipAllowlist":["10.0.0.0/8"]}}""", """{"agentId":"AGENT","action":"email:send","context":{"ip":"192.0.2.1"}}""", """{"agentId":"AGENT","action":"email:send","context":{"ip":"10.1.1.1"}}"""),
        ["conditions.ipRanges"] = ("""{"effect":"deny","conditions":{"ip_ranges":["10.0.0.0/8"]}}""", """{"agentId":"AGENT","action":"email:send","context":{"ip":"10.1.1.1"}}""", """{"agentId":"AGENT","action":"email:send","context":{"ip":"192.0.2.1"}}"""),
        ["conditions.timeWindow"] = ("""{"conditions":{"time_window":{"not_before":"2026-01-01T00:00:00Z","not_after":"2026-12-31T23:59:59Z"}}}""", """{"agentId":"AGENT","action":"email:send","context":{"time":"2027-01-01T00:00:00Z"}}""", """{"agentId":"AGENT","action":"email:send","context":{"time":"2026-06-01T00:00:00Z"}}"""),
    };

    private OrganizationSide _acme = null!;
    private string _agent = "";
    private string _other = "";

    public async Task InitializeAsync()
    {
        _acme = await shared.OrganizationAsync();
        _agent = Text(await _acme.RegisterAsync(), "id");
        _other = Text(await _acme.RegisterAsync(OrganizationSide.Agent(("name", "Hammer"), ("type", "tool"))), "id");
        await People.ConsentAsync(shared.Server, _agent, _acme.UserId, "email:send");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_member_of_subjects_resources_and_conditions_is_enforced()
    {
        var fields = (await _acme.GetAsync($"{Path}/syntax")).GetProperty("fields").EnumerateArray().ToArray();
        var advertised = fields.SelectMany(field => field.GetProperty("members").EnumerateArray().Select(member => $"{Text(field, "name")}.{Text(member, "name")}"));
        Assert.Equal(advertised.Order(), Tried.Keys.Append("conditions.rateLimit").Order());

        foreach (var (member, (policy, hit, miss)) in Tried)
        {
            Assert.True(await AllowsAsync(hit), member);
            Assert.True(await AllowsAsync(miss), member);
            var id = Text(await _acme.AskAsync(HttpMethod.Post, Path, Named(policy), HttpStatusCode.Created), "id");
            Assert.False(await AllowsAsync(hit), member);
            Assert.True(await AllowsAsync(miss), member);
            await _acme.AskAsync(HttpMethod.Delete, $"{Path}/{id}", status: HttpStatusCode.NoContent);
        }
    }

    [Fact]
    public async Task Each_of_the_six_actions_is_enforced_on_the_scopes_that_do_it()
    {
        foreach (var (action, hit, miss) in new[] { ("read", "email:read", "email:send"), ("execute", "email:send", "email:read") })
        {
            var id = Text(await _acme.AskAsync(HttpMethod.Post, Path, $$"""{"name":"x","effect":"deny","actions":["{{action}}"]}""", HttpStatusCode.Created), "id");
            Assert.False(await AllowsAsync($$"""{"agentId":"AGENT","action":"{{hit}}"}"""));
            Assert.True(await AllowsAsync($$"""{"agentId":"AGENT","action":"{{miss}}"}"""));
            await _acme.AskAsync(HttpMethod.Delete, $"{Path}/{id}", status: HttpStatusCode.NoContent);
        }
    }

    [Fact]
    public async Task Conditions_are_rules_in_other_words_and_replace_their_like()
    {
        var made = await _acme.AskAsync(
            HttpMethod.Post, Path, """{"name":"Often","conditions":{"rate_limit":{"requests":2,"window_seconds":60},"time_window":{"not_after":"2030-01-01T00:00:00Z"}}}""", HttpStatusCode.Created);
        Assert.Equal(
            """[{"type":"period","config":{"notAfter":"2030-01-01T00:00:00Z"}},{"type":"rate_limit","config":{"maxRequests":2,"windowSeconds":60,"scope":"per_agent"}}]""",
            made.GetProperty("rules").GetRawText());
        string Question() => $$$"""{"subject":{"type":"agent","id":"{{{_agent}}}"},"action":{"name":"email:send"},"resource":{"type":"mail","id":"1"}}""";
        bool[] decided = [await DecideAsync(), await DecideAsync(), await DecideAsync()];
        Assert.Equal([true, true, false], decided);

        var changed = await _acme.AskAsync(HttpMethod.Patch, $"{Path}/{Text(made, "id")}", """{"conditions":{"timeWindow":{"notBefore":"2026-01-01T00:00:00Z"}}}""");
        Assert.Equal(
            """[{"type":"period","config":{"notBefore":"2026-01-01T00:00:00Z"}},{"type":"rate_limit","config":{"maxRequests":2,"windowSeconds":60,"scope":"per_agent"}}]""",
            changed.GetProperty("rules").GetRawText());
        await _acme.AskAsync(HttpMethod.Put, $"{Path}/{Text(made, "id")}", """{"name":"No","effect":"deny","conditions":{"timeWindow":{"notBefore":"2026-01-01T00:00:00Z"}}}""", HttpStatusCode.BadRequest);

        async Task<bool> DecideAsync() => (await _acme.PostAsync("/access/v1/evaluation", Question())).GetProperty("decision").GetBoolean();
    }

    [Fact]
    public async Task Everybody_may_read_how_policies_are_written()
    {
        using var http = shared.Server.CreateClient();
        using var response = await http.GetAsync($"{Path}/syntax");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private string Named(string policy) => Fill(policy).Insert(1, "\"name\":\"x\",");

    private string Fill(string text) => text.Replace("AGENT", _agent, StringComparison.Ordinal).Replace("OTHER", _other, StringComparison.Ordinal).Replace("USER", _acme.UserId, StringComparison.Ordinal);

    private async Task<bool> AllowsAsync(string question) => (await _acme.PostAsync($"{Path}/evaluate", Fill(question))).GetProperty("allowed").GetBoolean();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
