using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Policies;

/// <summary>OpenID AuthZEN Authorization API 1.0.</summary>
public sealed class AuthZenTests(PolicyServer shared) : IClassFixture<PolicyServer>, IAsyncLifetime
{
    private const string Evaluation = "/access/v1/evaluation";
    private const string Evaluations = "/access/v1/evaluations";

    private OrganizationSide _acme = null!;
    private string _agent = "";

    public async Task InitializeAsync()
    {
        _acme = await shared.OrganizationAsync();
        _agent = Text(await _acme.RegisterAsync(), "id"); // email:read, email:send
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_evaluation_decides_counts_and_is_in_the_trail()
    {
        var policy = Text(await PolicyAsync("""{"name":"Once","rules":[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_agent"}}]}"""), "id");
        var first = await AskAsync(Evaluation, Question("email:send"));
        Assert.Equal((true, "allowed"), (first.GetProperty("decision").GetBoolean(), Text(first.GetProperty("context"), "reason_code")));
        shared.Server.Clock.Advance(TimeSpan.FromMilliseconds(1)); // the trail is in the order of milliseconds
        var second = await AskAsync(Evaluation, Question("email:send"));
        Assert.False(second.GetProperty("decision").GetBoolean());
        Assert.Equal(("rate_limit_exceeded", policy, "Once"), (
            Text(second.GetProperty("context"), "reason_code"), Text(second.GetProperty("context"), "policy_id"), Text(second.GetProperty("context"), "policy_name")));
        var told = await shared.TrailAsync(_acme, PolicyEvents.AccessEvaluated);
        Assert.Equal(
            [(Text(first.GetProperty("context"), "decision_id"), "success"), (Text(second.GetProperty("context"), "decision_id"), "denied")],
            told.Select(row => (row.Id, row.Outcome)));
        Assert.All(told, row => Assert.Equal((_agent, _agent, "email:send"), (row.AgentId, row.Subject, row.Scope)));
    }

    [Fact]
    public async Task A_subject_that_is_not_of_this_server_may_be_somebodys_address_and_can_be_erased()
    {
        Assert.False(await DecideAsync(Question("email:send").Replace(_agent, "carol@example.com", StringComparison.Ordinal)));
        var told = Assert.Single(await shared.TrailAsync(_acme, PolicyEvents.AccessEvaluated));
        Assert.Equal((null, """{"subject":"carol@example.com"}"""), (told.Target, told.Personal));
        Assert.DoesNotContain("carol", told.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_id_repeated_counts_once()
    {
        await PolicyAsync("""{"name":"Once","rules":[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_agent"}}]}""");
        for (var i = 0; i < 3; i++)
            Assert.True(await DecideAsync(Question("email:send", """{"action_id":"mail-1"}""")));
        Assert.False(await DecideAsync(Question("email:send", """{"action_id":"mail-2"}""")));
    }

    [Fact]
    public async Task What_is_not_known_is_ignored_and_what_is_required_is_missed()
    {
        Assert.True(await DecideAsync(Question("email:send").Replace("{\"subject\"", "{\"future\":1,\"subject\"", StringComparison.Ordinal)));
        foreach (var part in new[] { "subject", "action", "resource" })
        {
            var problem = await AskAsync(Evaluation, Question("email:send").Replace($"\"{part}\"", "\"other\"", StringComparison.Ordinal), HttpStatusCode.BadRequest);
            Assert.True(problem.GetProperty("errors").TryGetProperty(part, out _));
        }
    }

    [Theory]
    [InlineData("""{"subject":"alice","action":{"name":"a"},"resource":{"type":"t","id":"1"}}""", "subject")]
    [InlineData("""{"subject":{"type":"agent"},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""", "subject.id")]
    [InlineData("""{"subject":{"id":"x"},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""", "subject.type")]
    [InlineData("""{"subject":{"type":"agent","id":7},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""", "subject.id")]
    [InlineData("""{"subject":{"type":"agent","id":"x","properties":[]},"action":{"name":"a"},"resource":{"type":"t","id":"1"}}""", "subject.properties")]
    [InlineData("""{"subject":{"type":"agent","id":"x"},"action":{},"resource":{"type":"t","id":"1"}}""", "action.name")]
    [InlineData("""{"subject":{"type":"agent","id":"x"},"action":{"name":"a b"},"resource":{"type":"t","id":"1"}}""", "action.name")]
    [InlineData("""{"subject":{"type":"agent","id":"x"},"action":{"name":"a"},"resource":{"type":"t:u","id":"1"}}""", "resource.type")]
    [InlineData("""{"subject":{"type":"agent","id":"x"},"action":{"name":"a"},"resource":{"type":"t","id":"a\nb"}}""", "resource.id")]
    [InlineData("""{"subject":{"type":"agent","id":"x"},"action":{"name":"a"},"resource":{"type":"t","id":"1"},"context":[]}""", "context")]
    [InlineData("""{"subject":{"type":"agent","id":"x"},"action":{"name":"a"},"resource":{"type":"t","id":"1"},"context":{"ip":"here"}}""", "context.ip")]
    [InlineData("""{"subject":{"type":"agent","id":"x"},"action":{"name":"a"},"resource":{"type":"t","id":"1"},"context":{"amount":"7"}}""", "context.amount")]
    public async Task A_question_that_cannot_be_read_is_a_bad_request(string question, string field)
    {
        var problem = await AskAsync(Evaluation, question, HttpStatusCode.BadRequest);
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"subject":{},"subject":{}}""")]
    [InlineData("""{"subject":{"type":"agent","id":"\ud800"}}""")]
    public async Task What_is_no_JSON_object_is_a_bad_request(string body) => await AskAsync(Evaluation, body, HttpStatusCode.BadRequest);

    [Fact]
    public async Task An_agent_acts_for_a_person_as_far_as_that_person_granted_it()
    {
        Assert.False(await DecideAsync(Question("email:send", $$"""{"user_id":"{{_acme.UserId}}"}""")));
        var consent = await People.ConsentAsync(shared.Server, _agent, _acme.UserId, "email:send");
        Assert.True(await DecideAsync(Question("email:send", $$"""{"user_id":"{{_acme.UserId}}"}""")));
        Assert.False(await DecideAsync(Question("email:read", $$"""{"user_id":"{{_acme.UserId}}"}""")));
        Assert.False(await DecideAsync(Question("email:send", """{"user_id":"alice@example.com"}""")));
        var byPerson = $$$"""{"subject":{"type":"user","id":"{{{_acme.UserId}}}"},"action":{"name":"email:send"},"resource":{"type":"mail","id":"1"},"context":{"agent_id":"{{{_agent}}}"}}""";
        Assert.True(await DecideAsync(byPerson));
        Assert.False(await DecideAsync(byPerson.Replace("agent_id", "other_id", StringComparison.Ordinal)));
        await People.RevokeAsync(shared.Server, consent);
        Assert.False(await DecideAsync(byPerson));
    }

    [Fact]
    public async Task Policies_name_resources_by_type_and_id_and_see_address_and_amount()
    {
        await PolicyAsync("""{"name":"No secrets","effect":"deny","resources":["document:secret-*"]}""");
        await PolicyAsync("""{"name":"Office","resources":["document:*"],"conditions":{"ipAllowlist":["10.0.0.0/8"]}}""");
        Assert.True(await DecideAsync(Question("email:read", """{"ip":"10.1.1.1"}""", "document", "public-1")));
        Assert.False(await DecideAsync(Question("email:read", """{"ip":"10.1.1.1"}""", "document", "secret-1")));
        Assert.False(await DecideAsync(Question("email:read", "{}", "document", "public-1")));
        Assert.True(await DecideAsync(Question("email:read", "{}", "picture", "secret-1")));
        await PolicyAsync("""{"name":"Files","effect":"deny","resources":["/api/v1/files*"]}""");
        Assert.False(await DecideAsync(Question("email:read", "{}", "path", "/api/v1/files/7")));
    }

    [Fact]
    [Trait("negative", "60")]
    public async Task Subjects_of_another_organization_are_denied_as_if_they_did_not_exist()
    {
        var other = await shared.OrganizationAsync();
        await People.ConsentAsync(shared.Server, _agent, _acme.UserId, "email:send");
        string Told(JsonElement answer) => $"{answer.GetProperty("decision")} {Text(answer.GetProperty("context"), "reason_code")} {Text(answer.GetProperty("context"), "reason")}";
        var unknown = Told(await other.PostAsync(Evaluation, Question("email:send").Replace(_agent, "agt_01hzzzzzzzzzzzzzzzzzzzzzzz", StringComparison.Ordinal)));
        Assert.Equal("False scope_missing The scope \"email:send\" is not granted.", unknown);
        Assert.Equal(unknown, Told(await other.PostAsync(Evaluation, Question("email:send"))));
        Assert.Equal(unknown, Told(await other.PostAsync(Evaluation, Question("email:send", $$"""{"user_id":"{{_acme.UserId}}"}"""))));
        Assert.Empty(await shared.TrailAsync(_acme, PolicyEvents.AccessEvaluated));
        Assert.All(await shared.TrailAsync(other, PolicyEvents.AccessEvaluated), row => Assert.Null(row.AgentId));

        foreach (var (path, body) in new[]
        {
            ("subject", """{"subject":{"type":"agent"},"action":{"name":"email:send"},"resource":{"type":"mail","id":"1"}}"""),
            ("subject", $$$"""{"subject":{"type":"user"},"action":{"name":"email:send"},"resource":{"type":"mail","id":"1"},"context":{"agent_id":"{{{_agent}}}"}}"""),
            ("action", $$$"""{"subject":{"type":"agent","id":"{{{_agent}}}"},"resource":{"type":"mail","id":"1"}}"""),
        })
            Assert.Equal(0, (await other.PostAsync($"/access/v1/search/{path}", body)).GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task A_suspended_agent_is_denied_and_not_found()
    {
        using var suspended = await _acme.SendAsync(HttpMethod.Post, $"/api/v1/agents/{_agent}/suspend");
        Assert.True(suspended.IsSuccessStatusCode);
        Assert.False(await DecideAsync(Question("email:send")));
        Assert.Empty(await FindAsync("subject", """{"subject":{"type":"agent"},"action":{"name":"email:send"},"resource":{"type":"mail","id":"1"}}"""));
    }

    [Theory]
    [InlineData("execute_all", new[] { true, false, true })]
    [InlineData("deny_on_first_deny", new[] { true, false })]
    [InlineData("permit_on_first_permit", new[] { true })]
    public async Task Several_evaluations_are_answered_in_order_as_far_as_the_semantic_goes(string semantic, bool[] decisions)
    {
        var answer = await AskAsync(Evaluations, $$$"""
            {"subject":{"type":"agent","id":"{{{_agent}}}"},"resource":{"type":"mail","id":"1"},"options":{"evaluations_semantic":"{{{semantic}}}","another":1},
             "evaluations":[{"action":{"name":"email:read"}},{"action":{"name":"crm:contacts:read"}},{"action":{"name":"email:send"},"resource":{"type":"mail","id":"2"}}]}
            """);
        Assert.Equal(decisions, answer.GetProperty("evaluations").EnumerateArray().Select(one => one.GetProperty("decision").GetBoolean()));
        Assert.False(answer.TryGetProperty("decision", out _));
        Assert.Equal(decisions.Length, (await shared.TrailAsync(_acme, PolicyEvents.AccessEvaluated)).Count);
    }

    [Fact]
    public async Task Without_evaluations_it_is_one_and_a_broken_one_of_several_is_denied()
    {
        Assert.True((await AskAsync(Evaluations, Question("email:read"))).GetProperty("decision").GetBoolean());
        Assert.True((await AskAsync(Evaluations, Question("email:read").Insert(1, "\"evaluations\":[],"))).GetProperty("decision").GetBoolean());
        var answer = await AskAsync(Evaluations, $$$"""
            {"subject":{"type":"agent","id":"{{{_agent}}}"},"resource":{"type":"mail","id":"1"},"evaluations":[{"action":{"name":"email:read"}},{}]}
            """);
        var broken = answer.GetProperty("evaluations")[1];
        Assert.False(broken.GetProperty("decision").GetBoolean());
        Assert.Equal(400, broken.GetProperty("context").GetProperty("error").GetProperty("status").GetInt32());
        foreach (var bad in new[] { """{"evaluations":{}}""", """{"evaluations":[7]}""", """{"evaluations":[{}],"options":{"evaluations_semantic":"some"}}""", """{"evaluations":[{}],"options":7}""" })
            await AskAsync(Evaluations, bad, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Agents_and_people_are_found_as_they_would_be_allowed()
    {
        shared.Server.Clock.Advance(TimeSpan.FromMilliseconds(1)); // ids are in the order of milliseconds
        var second = Text(await _acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new System.Text.Json.Nodes.JsonArray("email:read")))), "id");
        const string readers = """{"subject":{"type":"agent"},"action":{"name":"email:read"},"resource":{"type":"mail","id":"1"}}""";
        Assert.Equal([_agent, second], await FindAsync("subject", readers));
        Assert.Equal([_agent], await FindAsync("subject", readers.Replace("email:read", "email:send", StringComparison.Ordinal)));
        await PolicyAsync($$$"""{"name":"Not this one","effect":"deny","subjects":{"agentIds":["{{{_agent}}}"]}}""");
        Assert.Equal([second], await FindAsync("subject", readers));

        var people = $$$"""{"subject":{"type":"user","id":"ignored"},"action":{"name":"email:read"},"resource":{"type":"mail","id":"1"},"context":{"agent_id":"{{{second}}}"}}""";
        Assert.Empty(await FindAsync("subject", people));
        await People.ConsentAsync(shared.Server, second, _acme.UserId, "email:read");
        Assert.Equal([_acme.UserId], await FindAsync("subject", people));
        await AskAsync("/access/v1/search/subject", people.Replace("agent_id", "other", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        Assert.Empty(await FindAsync("subject", readers.Replace("agent", "robot", StringComparison.Ordinal)));
        Assert.Empty(await shared.TrailAsync(_acme, PolicyEvents.AccessEvaluated));
    }

    [Fact]
    public async Task Actions_and_resources_are_found_as_they_would_be_allowed()
    {
        var actions = $$$"""{"subject":{"type":"agent","id":"{{{_agent}}}"},"resource":{"type":"document","id":"plan"}}""";
        Assert.Equal(["email:read", "email:send"], await FindAsync("action", actions, "name"));
        await PolicyAsync("""{"name":"Plans are secret","effect":"deny","resources":["document:plan","document:draft*"],"actions":["email:send"]}""");
        await PolicyAsync("""{"name":"Notes are free","resources":["document:notes"]}""");
        Assert.Equal(["email:read"], await FindAsync("action", actions, "name"));
        var resources = $$$"""{"subject":{"type":"agent","id":"{{{_agent}}}"},"action":{"name":"email:send"},"resource":{"type":"document"}}""";
        Assert.Equal(["notes"], await FindAsync("resource", resources));
        Assert.Equal(["notes", "plan"], await FindAsync("resource", resources.Replace("email:send", "email:read", StringComparison.Ordinal)));
        Assert.Empty(await FindAsync("resource", resources.Replace("document", "picture", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_search_comes_in_pages_whose_tokens_belong_to_it()
    {
        for (var i = 0; i < 4; i++)
            await _acme.RegisterAsync();
        const string search = """{"subject":{"type":"agent"},"action":{"name":"email:read"},"resource":{"type":"mail","id":"1"}PAGE}""";
        var (found, token) = (new List<string>(), "");
        for (var page = 0; page == 0 || token.Length > 0; page++)
        {
            var body = search.Replace("PAGE", token.Length == 0 ? ""","page":{"limit":2}""" : $$$""","page":{"token":"{{{token}}}"}""", StringComparison.Ordinal);
            var answer = await AskAsync("/access/v1/search/subject", body);
            Assert.Equal(answer.GetProperty("results").GetArrayLength(), answer.GetProperty("page").GetProperty("count").GetInt32());
            found.AddRange(answer.GetProperty("results").EnumerateArray().Select(one => Text(one, "id")));
            if (token.Length == 0)
                await AskAsync("/access/v1/search/subject", search.Replace("email:read", "email:send", StringComparison.Ordinal)
                    .Replace("PAGE", $$$""","page":{"token":"{{{Text(answer.GetProperty("page"), "next_token")}}}"}""", StringComparison.Ordinal), HttpStatusCode.BadRequest);
            token = Text(answer.GetProperty("page"), "next_token");
            Assert.InRange(page, 0, 3);
        }

        Assert.Equal((5, 5), (found.Count, found.Distinct().Count()));

        // Our own token, made to go on after a NUL, which PostgreSQL does not store, and after half a character.
        var first = Text((await AskAsync("/access/v1/search/subject", search.Replace("PAGE", ""","page":{"limit":2}""", StringComparison.Ordinal))).GetProperty("page"), "next_token");
        foreach (var last in new[] { @"\u0000", @"\u0085", @"\ud800" })
        {
            var forged = Regex.Replace(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(first)), "\"last\":\"[^\"]*\"", $"\"last\":\"{last}\"");
            await AskAsync("/access/v1/search/subject", search.Replace("PAGE", $$$""","page":{"token":"{{{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(forged))}}}"}""", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        }

        foreach (var bad in new[] { """{"token":"nonsense"}""", """{"token":"!"}""", """{"token":7}""", """{"limit":0}""", """{"limit":201}""", "7" })
            await AskAsync("/access/v1/search/subject", search.Replace("PAGE", ",\"page\":" + bad, StringComparison.Ordinal), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_request_identifier_comes_back_with_every_answer()
    {
        foreach (var (credential, body, status) in new[] { (_acme.Key, Question("email:send"), 200), (_acme.Key, "{}", 400), ("ag_wrong", Question("email:send"), 401) })
        {
            using var response = await SendAsync(body, ("X-Api-Key", credential), ("X-Request-ID", "bfe9eb29-ab87"));
            Assert.Equal((status, "bfe9eb29-ab87"), ((int)response.StatusCode, Assert.Single(response.Headers.GetValues("X-Request-ID"))));
        }

        using var odd = await SendAsync(Question("email:send"), ("X-Api-Key", _acme.Key), ("X-Request-ID", new string('x', 201)));
        Assert.Equal((HttpStatusCode.OK, false), (odd.StatusCode, odd.Headers.Contains("X-Request-ID")));
    }

    [Fact]
    public async Task An_API_of_the_organization_asks_with_its_own_credential_and_an_agent_does_not()
    {
        var api = await _acme.AskAsync(HttpMethod.Post, "/api/v1/resources", """{"url":"https://mail.acme.example/api"}""", HttpStatusCode.Created);
        var found = api.GetProperty("resource");
        using var asked = await SendAsync(Question("email:send"), ("Authorization", Basic(Text(found, "clientId"), Text(api, "clientSecret"))));
        Assert.True((await TestServer.JsonAsync(asked)).GetProperty("decision").GetBoolean());
        Assert.Contains(Text(found, "clientId"), Assert.Single(await shared.TrailAsync(_acme, PolicyEvents.AccessEvaluated)).Detail, StringComparison.Ordinal);

        using var wrong = await SendAsync(Question("email:send"), ("Authorization", Basic(Text(found, "clientId"), "wrong")));
        Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), (wrong.StatusCode, wrong.Headers.WwwAuthenticate.Single().Scheme));
        var agent = await _acme.RegisterAsync();
        using var byAgent = await SendAsync(Question("email:send"), ("Authorization", Basic(Text(agent, "clientId"), Text(agent, "clientSecret"))));
        Assert.Equal(HttpStatusCode.Forbidden, byAgent.StatusCode);
    }

    [Fact]
    public async Task An_API_of_the_installation_is_no_organizations_and_does_not_ask()
    {
        await using var server = await Flows.StartAsync();
        using var http = server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Evaluation) { Content = new StringContent(Question("email:send"), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", Basic("api", Flows.Secret));
        using var refused = await http.SendAsync(request);
        Assert.Equal((HttpStatusCode.Forbidden, "no_api"), (refused.StatusCode, Text(await TestServer.JsonAsync(refused), "code")));
        var told = await server.QueryAsync(context => context.AuditEvents.AsNoTracking().SingleAsync(row => row.Type == AuditEventTypes.AccessRefused));
        Assert.Equal(("api", "no_api", "evaluateAccess"), (told.ClientId, told.Reason, told.Target));
    }

    [Fact]
    public async Task Nobody_asks_without_a_credential_and_an_auditor_makes_no_decisions()
    {
        foreach (var path in new[] { Evaluation, Evaluations, "/access/v1/search/subject", "/access/v1/search/resource", "/access/v1/search/action" })
        {
            using var http = shared.Server.CreateClient();
            using var response = await http.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        var auditor = await _acme.ColleagueAsync(Role.Auditor);
        using var refused = await auditor.SendAsync(HttpMethod.Post, Evaluation, Question("email:send"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task The_metadata_names_the_endpoints_which_answer()
    {
        using var http = shared.Server.CreateClient();
        using var response = await http.GetAsync("/.well-known/authzen-configuration");
        var metadata = await TestServer.JsonAsync(response);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(shared.Server.Issuer, Text(metadata, "policy_decision_point"));
        foreach (var name in new[] { "access_evaluation_endpoint", "access_evaluations_endpoint", "search_subject_endpoint", "search_resource_endpoint", "search_action_endpoint" })
        {
            using var asked = await http.PostAsync(Text(metadata, name), new StringContent("{}", Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
        }
    }

    private string Question(string action, string context = "{}", string type = "mail", string id = "1") =>
        $$$"""{"subject":{"type":"agent","id":"{{{_agent}}}"},"action":{"name":"{{{action}}}"},"resource":{"type":"{{{type}}}","id":"{{{id}}}"},"context":{{{context}}}}""";

    private async Task<bool> DecideAsync(string question) => (await AskAsync(Evaluation, question)).GetProperty("decision").GetBoolean();

    private async Task<string[]> FindAsync(string kind, string body, string member = "id") =>
        [.. (await AskAsync($"/access/v1/search/{kind}", body)).GetProperty("results").EnumerateArray().Select(one => Text(one, member))];

    private Task<JsonElement> AskAsync(string path, string body, HttpStatusCode status = HttpStatusCode.OK) => _acme.AskAsync(HttpMethod.Post, path, body, status);

    private Task<JsonElement> PolicyAsync(string body) => _acme.AskAsync(HttpMethod.Post, "/api/v1/policies", body, HttpStatusCode.Created);

    private async Task<HttpResponseMessage> SendAsync(string body, params (string Name, string Value)[] headers)
    {
        using var http = shared.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Evaluation) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }

    private static string Basic(string id, string secret) =>
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}"))).ToString();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
