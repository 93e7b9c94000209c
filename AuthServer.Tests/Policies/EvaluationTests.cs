using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Policies;

public sealed class EvaluationTests(PolicyServer shared) : IClassFixture<PolicyServer>, IAsyncLifetime
{
    private const string Path = "/api/v1/policies";

    private OrganizationSide _acme = null!;
    private string _agent = "";

    public async Task InitializeAsync()
    {
        _acme = await shared.OrganizationAsync();
        _agent = (await _acme.RegisterAsync()).GetProperty("id").GetString()!; // email:read, email:send
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task What_an_agent_would_be_answered_is_told_with_the_policy_that_decides()
    {
        AssertDecision(true, "allowed", null, await EvaluateAsync("""{"agent_id":"AGENT","action":"email:send","resource":"/mail"}"""));
        AssertDecision(false, "scope_missing", null, await EvaluateAsync("""{"agentId":"AGENT","action":"crm:contacts:read"}"""));
        var policy = await CreateAsync("""{"name":"No mail at night","rules":[{"type":"time_window","config":{"allowedDays":[1,2,3,4,5],"startTimeUtc":"09:00","endTimeUtc":"17:00","timezone":"Europe/Berlin"}}]}""");
        AssertDecision(true, "allowed", policy, await EvaluateAsync("""{"agentId":"AGENT","action":"email:send","context":{"time":"2026-03-02T10:00:00Z"}}"""));
        var denied = await EvaluateAsync("""{"agentId":"AGENT","action":"email:send","context":{"time":"2026-03-02T20:00:00Z"}}""");
        AssertDecision(false, "outside_time_window", policy, denied);
        Assert.Equal(("deny", "No mail at night", policy), (Text(denied, "effect"), Text(denied, "matchingPolicyName"), Text(denied, "policyId")));
        Assert.StartsWith("Policy \"No mail at night\": ", Text(denied, "reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_actions_the_address_and_an_amount_are_part_of_the_question()
    {
        await CreateAsync("""{"name":"Office","actions":["email:send"],"conditions":{"ip_allowlist":["10.0.0.0/8"]}}""");
        await CreateAsync("""{"name":"Budget","resources":["/pay*"],"rules":[{"type":"budget","config":{"maxAmount":10,"windowSeconds":60,"scope":"per_agent","currency":"EUR"}}]}""");
        var at = """ "resource":"/mail","context":{"ip":"10.1.1.1"} """;
        AssertDecision(true, "allowed", null, await EvaluateAsync($$"""{"agentId":"AGENT","actions":["email:read"],{{at}}}"""));
        AssertDecision(false, "address_unknown", null, await EvaluateAsync("""{"agentId":"AGENT","actions":["email:read","email:send"],"resource":"/mail"}"""));
        Assert.True((await EvaluateAsync($$"""{"agentId":"AGENT","actions":["email:read","email:send"],{{at}}}""")).GetProperty("allowed").GetBoolean());
        AssertDecision(false, "budget_exceeded", null, await EvaluateAsync("""{"agentId":"AGENT","action":"email:read","resource":"/pay","context":{"amount":10.01,"currency":"EUR"}}"""));
        AssertDecision(false, "currency_not_accepted", null, await EvaluateAsync("""{"agentId":"AGENT","action":"email:read","resource":"/pay","context":{"amount":1}}"""));
    }

    [Fact]
    public async Task For_a_person_only_what_that_person_granted_counts()
    {
        AssertDecision(false, "scope_missing", null, await EvaluateAsync($$"""{"agentId":"AGENT","userId":"{{_acme.UserId}}","action":"email:send"}"""));
        await People.ConsentAsync(shared.Server, _agent, _acme.UserId, "email:send");
        AssertDecision(true, "allowed", null, await EvaluateAsync($$"""{"agentId":"AGENT","userId":"{{_acme.UserId}}","action":"email:send"}"""));
        AssertDecision(false, "scope_missing", null, await EvaluateAsync($$"""{"agentId":"AGENT","userId":"{{_acme.UserId}}","action":"email:read"}"""));
    }

    [Fact]
    public async Task An_evaluation_counts_nothing_and_leaves_nothing_in_the_trail()
    {
        await CreateAsync("""{"name":"Once","rules":[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_agent"}}]}""");
        var before = await CountAsync();
        for (var i = 0; i < 3; i++)
            Assert.True((await EvaluateAsync("""{"agentId":"AGENT","action":"email:send"}""")).GetProperty("allowed").GetBoolean());
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task At_another_time_limits_hold_as_far_as_what_they_counted_still_lies_within_their_windows()
    {
        await CreateAsync("""{"name":"Once","rules":[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_agent"}}]}""");
        await _acme.PostAsync("/access/v1/evaluation", $$$"""{"subject":{"type":"agent","id":"{{{_agent}}}"},"action":{"name":"email:send"},"resource":{"type":"mail","id":"1"}}""");
        string At(int seconds) => $$$"""{"agentId":"AGENT","action":"email:send","context":{"time":"{{{shared.Server.Clock.Now.AddSeconds(seconds):o}}}"}}""";
        AssertDecision(false, "rate_limit_exceeded", null, await EvaluateAsync("""{"agentId":"AGENT","action":"email:send"}"""));
        AssertDecision(false, "rate_limit_exceeded", null, await EvaluateAsync(At(30)));
        AssertDecision(true, "allowed", null, await EvaluateAsync(At(120)));
    }

    [Theory]
    [InlineData("""{"action":"email:send"}""", "agentId")]
    [InlineData("""{"agentId":"AGENT"}""", "actions")]
    [InlineData("""{"agentId":"AGENT","action":"email:send email:read"}""", "actions")]
    [InlineData("""{"agentId":"AGENT","actions":[null]}""", "actions")]
    [InlineData("""{"agentId":"AGENT","userId":"bob","action":"email:send"}""", "userId")]
    [InlineData("""{"agentId":"AGENT","action":"email:send","resource":""}""", "resource")]
    [InlineData("""{"agentId":"AGENT","action":"email:send","context":{"ip":"here"}}""", "context.ip")]
    [InlineData("""{"agentId":"AGENT","action":"email:send","context":{"ip":"10.1"}}""", "context.ip")]
    [InlineData("""{"agentId":"AGENT","action":"email:send","context":{"ip":"012.0.0.1"}}""", "context.ip")]
    [InlineData("""{"agentId":"AGENT","action":"email:send","context":{"ip":"fe80::1%1"}}""", "context.ip")]
    [InlineData("""{"agentId":"AGENT","action":"email:send","context":{"time":"noon"}}""", "context.time")]
    [InlineData("""{"agentId":"AGENT","action":"read"}""", "resource")]
    [InlineData("""{"agentId":"AGENT","action":"read","resource":"a\u0000b"}""", "resource")]
    public async Task A_question_that_cannot_be_read_names_its_fault(string body, string field)
    {
        var problem = await _acme.AskAsync(HttpMethod.Post, $"{Path}/evaluate", body.Replace("AGENT", _agent, StringComparison.Ordinal), HttpStatusCode.BadRequest);
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_or_of_another_organization_is_not_found()
    {
        var other = await shared.OrganizationAsync();
        var foreign = (await other.RegisterAsync()).GetProperty("id").GetString();
        foreach (var id in new[] { "agt_01hzzzzzzzzzzzzzzzzzzzzzzz", foreign })
            await _acme.AskAsync(HttpMethod.Post, $"{Path}/evaluate", $$"""{"agentId":"{{id}}","action":"email:send"}""", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_policy_says_of_one_of_the_six_actions_is_enforced_on_every_scope_that_does_it()
    {
        var policy = await CreateAsync("""{"name":"Look, do not touch","effect":"deny","subjects":{"agent_ids":["AGENT"]},"resources":{"paths":["/api/v1/email*"]},"actions":["execute"]}""".Replace("AGENT", _agent, StringComparison.Ordinal));
        AssertDecision(true, "allowed", null, await EvaluateAsync("""{"agent_id":"AGENT","action":"read","resource":"/api/v1/email"}"""));
        AssertDecision(false, "policy_denies", policy, await EvaluateAsync("""{"agent_id":"AGENT","action":"execute","resource":"/api/v1/email/send"}"""));
        AssertDecision(true, "allowed", null, await EvaluateAsync("""{"agent_id":"AGENT","action":"execute","resource":"email:send"}"""));
        AssertDecision(false, "scope_missing", null, await EvaluateAsync("""{"agent_id":"AGENT","action":"delete","resource":"/api/v1/email"}"""));

        // The decision that counts is the same.
        string Body(string action, string path) => $$$"""{"subject":{"type":"agent","id":"{{{_agent}}}"},"action":{"name":"{{{action}}}"},"resource":{"type":"path","id":"{{{path}}}"}}""";
        Assert.False((await _acme.PostAsync("/access/v1/evaluation", Body("email:send", "/api/v1/email/send"))).GetProperty("decision").GetBoolean());
        Assert.True((await _acme.PostAsync("/access/v1/evaluation", Body("email:read", "/api/v1/email/send"))).GetProperty("decision").GetBoolean());
    }

    private Task<JsonElement> EvaluateAsync(string body) => _acme.PostAsync($"{Path}/evaluate", body.Replace("AGENT", _agent, StringComparison.Ordinal));

    private async Task<string> CreateAsync(string body) => Text(await _acme.AskAsync(HttpMethod.Post, Path, body, HttpStatusCode.Created), "id");

    private Task<int> CountAsync() => shared.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Count(row => row.OrganizationId == _acme.Id)));

    private static void AssertDecision(bool allowed, string code, string? policy, JsonElement answer)
    {
        Assert.Equal((allowed, code), (answer.GetProperty("allowed").GetBoolean(), Text(answer, "reasonCode")));
        if (policy is not null)
            Assert.Equal(policy, Text(answer, "matchingPolicyId"));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
