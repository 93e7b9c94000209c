using System.Net;
using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Audit;

/// <summary>The trail by API: whose part, filtered how, in which form.</summary>
[Trait("negative", "61")]
public sealed class AuditApiTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task An_organization_lists_its_own_events_newest_first_with_everything_they_say()
    {
        var crew = await side.CrewAsync();
        var (first, second) = (await AppendAsync(crew.Id), await AppendAsync(crew.Id, entry => entry with { Outcome = AuditOutcomes.Denied, Reason = "rate_limit" }));

        var listed = (await crew.Key.GetAsync("/audit?agentId=agt_01hzxk3v7p0000000000000000")).Is(HttpStatusCode.OK).Json;

        var data = listed.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal([second, first], data.Select(entry => entry.GetProperty("id").GetString()));
        Assert.Equal(
            [
                "id", "timestamp", "type", "outcome", "agentId", "userId", "clientId", "organizationId", "scope", "policyId", "reason", "ipAddress", "userAgent",
                "correlationId", "target", "details",
            ],
            data[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(("denied", "rate_limit", 1), (data[0].GetProperty("outcome").GetString(), data[0].GetProperty("reason").GetString(), data[0].GetProperty("details").GetProperty("a").GetInt32()));
        Assert.Equal(50, listed.GetProperty("meta").GetProperty("limit").GetInt32());
        Assert.False(listed.GetProperty("meta").TryGetProperty("nextCursor", out _));
    }

    [Fact]
    public async Task Nobody_sees_another_organizations_events_whatever_they_ask_for()
    {
        var (one, other) = (await side.CrewAsync(), await side.CrewAsync());
        var id = await AppendAsync(one.Id);
        foreach (var query in new[] { "", "?agentId=agt_01hzxk3v7p0000000000000000", "?userId=usr_01hzxk3v7p0000000000000000", $"?organizationId={one.Id}", "?outcome=allowed&scope=email:read" })
        {
            foreach (var path in new[] { "/audit", "/audit/events", "/audit/export" })
            {
                var answer = (await other.Key.GetAsync(path + query)).Is(HttpStatusCode.OK);
                Assert.DoesNotContain(id, answer.Text, StringComparison.Ordinal);
                Assert.DoesNotContain(one.Id, answer.Text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("owner", HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("admin", HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("developer", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("auditor", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    public async Task Every_member_reads_and_administrators_decide_how_long_it_is_kept(string role, HttpStatusCode reads, HttpStatusCode decides)
    {
        var member = await (await side.CrewAsync()).MemberAsync(role);
        (await member.Api.GetAsync("/audit")).Is(reads);
        (await member.Api.GetAsync("/audit/export")).Is(reads);
        (await member.Api.GetAsync("/audit/retention")).Is(decides);
        (await member.Api.SendAsync(HttpMethod.Put, "/audit/retention", new { days = 30 })).Is(decides);
    }

    [Theory]
    [InlineData("/audit")]
    [InlineData("/audit/events")]
    [InlineData("/audit/export")]
    [InlineData("/audit/retention")]
    [InlineData("/users/usr_01hzxk3v7p0000000000000000/audit-logs")]
    public async Task Without_a_credential_nothing_is_shown(string path) => (await side.Nobody.GetAsync(path)).Is(HttpStatusCode.Unauthorized, "unauthenticated");

    [Fact]
    public async Task A_person_reads_what_was_done_with_their_rights_in_every_organization_and_nobody_elses()
    {
        var (crew, person, other) = (await side.CrewAsync(), await side.PersonAsync(), await side.PersonAsync());
        var mine = await AppendAsync(crew.Id, entry => entry with { Subject = person.Id });
        await AppendAsync(crew.Id, entry => entry with { Subject = other.Id });

        var listed = (await person.Api.GetAsync($"/users/{person.Id}/audit-logs?type=token.issued")).Is(HttpStatusCode.OK).Json;
        Assert.Equal([mine], listed.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
        var uuid = Identifiers.ToUuid("usr_", person.Id);
        (await person.Api.GetAsync($"/users/{uuid}/audit-logs")).Is(HttpStatusCode.OK);

        (await person.Api.GetAsync($"/users/{other.Id}/audit-logs")).Is(HttpStatusCode.NotFound, "not_found");
        (await person.Api.GetAsync("/users/nobody/audit-logs")).Is(HttpStatusCode.NotFound, "not_found");
        var smuggled = (await person.Api.GetAsync($"/users/{person.Id}/audit-logs?userId={other.Id}")).Is(HttpStatusCode.OK).Json;
        Assert.All(smuggled.GetProperty("data").EnumerateArray(), entry => Assert.Equal(person.Id, entry.GetProperty("userId").GetString()));
        (await crew.Key.GetAsync($"/users/{person.Id}/audit-logs")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Pages_follow_the_cursor_to_the_end()
    {
        var crew = await side.CrewAsync();
        List<string> ids = [];
        for (var i = 0; i < 5; i++)
        {
            side.Server.Clock.Advance(TimeSpan.FromMilliseconds(2));
            ids.Insert(0, await AppendAsync(crew.Id));
        }

        List<string> read = [];
        for (var cursor = ""; ;)
        {
            var page = (await crew.Key.GetAsync($"/audit?type=token.issued&limit=2{cursor}")).Is(HttpStatusCode.OK).Json;
            read.AddRange(page.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!));
            if (!page.GetProperty("meta").TryGetProperty("nextCursor", out var next))
            {
                break;
            }

            cursor = "&cursor=" + next.GetString();
        }

        Assert.Equal(ids, read);
    }

    [Theory]
    [InlineData("outcome=allowed", true)]
    [InlineData("outcome=success", true)]
    [InlineData("outcome=denied", false)]
    [InlineData("scope=email:read", true)]
    [InlineData("scope=email", false)]
    [InlineData("type=token.issued", true)]
    [InlineData("type=token.refused", false)]
    [InlineData("agent_id=agt_01hzxk3v7p0000000000000000&policy_id=pol_01hzxk3v7p0000000000000000&client_id=agc_1&user_id=usr_01hzxk3v7p0000000000000000", true)]
    [InlineData("from=2020-01-01", true)]
    [InlineData("from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00+02:00", false)]
    [InlineData("from=2090-01-01T00:00:00.5Z", false)]
    public async Task Filters_narrow(string query, bool expected)
    {
        var crew = await side.CrewAsync();
        var id = await AppendAsync(crew.Id);
        var listed = (await crew.Key.GetAsync("/audit?" + query)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(expected, listed.GetProperty("data").EnumerateArray().Any(entry => entry.GetProperty("id").GetString() == id));
    }

    [Theory]
    [InlineData("agentId=x", "agentId")]
    [InlineData("agentId=usr_01hzxk3v7p0000000000000000", "agentId")]
    [InlineData("agentId=", "agentId")]
    [InlineData("agentId=agt_01hzxk3v7p0000000000000000&agentId=agt_01hzxk3v7p0000000000000001", "agentId")]
    [InlineData("agentId=agt_01hzxk3v7p0000000000000000&agent_id=agt_01hzxk3v7p0000000000000001", "agentId")]
    [InlineData("userId=1%27--", "userId")]
    [InlineData("policyId=%00", "policyId")]
    [InlineData("scope=%00", "scope")]
    [InlineData("type=a%0Ab", "type")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=0001-01-01", "from")]
    [InlineData("to=2026-13-01", "to")]
    [InlineData("from=2026-01-02&to=2026-01-01", "to")]
    [InlineData("from=2026-01-02&to=2026-01-02", "to")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("offset=10", "offset")]
    public async Task What_cannot_be_asked_is_named(string query, string field)
    {
        var crew = await side.CrewAsync();
        var refused = (await crew.Key.GetAsync("/audit?" + query)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([field], refused.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task An_export_is_one_line_of_json_for_each_event_and_leaves_an_event_itself()
    {
        var crew = await side.CrewAsync();
        List<string> ids = [];
        for (var i = 0; i < AuditQuery.Most + 5; i++)
        {
            ids.Add(await AppendAsync(crew.Id));
        }

        var export = (await crew.Key.GetAsync("/audit/export?type=token.issued")).Is(HttpStatusCode.OK);

        Assert.Equal("application/x-ndjson", export.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("audit.ndjson", export.Response.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        var lines = export.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("id").GetString()!);
        Assert.Equal(ids.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
        var told = (await crew.Key.GetAsync("/audit?type=audit.exported")).Json.GetProperty("data");
        Assert.Equal(crew.Owner.Id, told[0].GetProperty("userId").GetString());
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"\"http://evil.example\"\")")]
    [InlineData("+1", "'+1")]
    [InlineData("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("a,\"b\"\r\nc", "a,\"\"b\"\"\r\nc")]
    public async Task A_spreadsheet_finds_text_and_no_formula(string word, string expected)
    {
        var crew = await side.CrewAsync();
        await AppendAsync(crew.Id, entry => entry with { Target = word });
        var export = (await crew.Key.GetAsync("/audit/export?format=csv&type=token.issued")).Is(HttpStatusCode.OK);
        Assert.Equal("text/csv", export.Response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("\"id\",\"timestamp\",\"type\",", export.Text, StringComparison.Ordinal);
        Assert.Contains($",\"{expected}\",", export.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_another_form_is_refused() =>
        (await (await side.CrewAsync()).Key.GetAsync("/audit/export?format=xlsx")).Is(HttpStatusCode.BadRequest, "invalid_request");

    [Fact]
    public async Task How_long_the_trail_is_kept_is_changed_once_per_version_and_the_trail_says_so()
    {
        var crew = await side.CrewAsync();
        var before = (await crew.Owner.Api.GetAsync("/audit/retention")).Is(HttpStatusCode.OK);
        Assert.Equal("""{"days":null,"installationDays":null}""", before.Text);
        var version = before.Response.Headers.ETag!.Tag;

        var set = (await crew.Owner.Api.SendAsync(HttpMethod.Put, "/audit/retention", new { days = 30 }, ("If-Match", version))).Is(HttpStatusCode.OK);
        Assert.Equal(30, set.Json.GetProperty("days").GetInt32());
        (await crew.Owner.Api.SendAsync(HttpMethod.Put, "/audit/retention", new { days = 40 }, ("If-Match", version))).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        (await crew.Owner.Api.SendAsync(HttpMethod.Put, "/audit/retention", new { days = (int?)null })).Is(HttpStatusCode.OK);

        var told = (await crew.Key.GetAsync("/audit?type=audit.retention_changed")).Json.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(["""{"before":30,"after":null}""", """{"before":null,"after":30}"""], told.Select(entry => entry.GetProperty("details").GetRawText()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(36501)]
    public async Task An_impossible_retention_is_refused(int days) =>
        (await (await side.CrewAsync()).Owner.Api.SendAsync(HttpMethod.Put, "/audit/retention", new { days })).Is(HttpStatusCode.BadRequest, "invalid_request");

    private async Task<string> AppendAsync(string organizationId, Func<AuditEvent, AuditEvent>? change = null)
    {
        var now = side.Server.Clock.Now;
        var entry = new AuditEvent
        {
            Id = Identifiers.New("aud_", now),
            At = now,
            Type = AuditEventTypes.TokenIssued,
            Outcome = AuditOutcomes.Success,
            Subject = "usr_01hzxk3v7p0000000000000000",
            ClientId = "agc_1",
            AgentId = "agt_01hzxk3v7p0000000000000000",
            OrganizationId = organizationId,
            Target = "fam_1",
            Reason = "because",
            Scope = "email:read email:send",
            PolicyId = "pol_01hzxk3v7p0000000000000000",
            Address = "192.0.2.1",
            UserAgent = "Browser/1.0",
            CorrelationId = "trace",
            Detail = """{"a":1}""",
        };
        entry = change?.Invoke(entry) ?? entry;
        await side.Server.Services.GetRequiredService<IAuditTrail>().AppendAsync(entry, default);
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(2));
        return entry.Id;
    }
}
