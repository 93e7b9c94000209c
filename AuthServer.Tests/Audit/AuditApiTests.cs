using System.Net;
using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
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
    public async Task The_list_that_AgentAuth_shows_has_its_members_and_filters()
    {
        var crew = await side.CrewAsync();
        var first = await AppendAsync(crew.Id);
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(2));
        var second = await AppendAsync(crew.Id, entry => entry with { Target = "dlg_01hzxk3v7p0000000000000000" });

        const string agent = "agt_01hzxk3v7p0000000000000000";
        var page = (await crew.Key.GetAsync($"/audit/events?actor_id={agent}&event_type=token.issued&outcome=success&from_date=2020-01-01&limit=1")).Is(HttpStatusCode.OK).Json;
        var entry = Assert.Single(page.GetProperty("data").EnumerateArray());
        Assert.Equal(
            ["id", "event_type", "actor_type", "actor_id", "target_type", "target_id", "action", "outcome", "metadata", "created_at"],
            entry.EnumerateObject().Select(member => member.Name).Where(name => name != "reason"));
        Assert.Equal(
            [second, "token.issued", "agent", agent, "delegation", "dlg_01hzxk3v7p0000000000000000", "issued", "success"],
            new[] { "id", "event_type", "actor_type", "actor_id", "target_type", "target_id", "action", "outcome" }.Select(name => entry.GetProperty(name).GetString()));
        Assert.Equal((1, 1), (page.GetProperty("meta").GetProperty("returned").GetInt32(), page.GetProperty("meta").GetProperty("limit").GetInt32()));
        var next = page.GetProperty("meta").GetProperty("next_cursor").GetString();
        page = (await crew.Key.GetAsync($"/audit/events?actor_id={agent}&event_type=token.issued&after={next}")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(first, Assert.Single(page.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        page = (await crew.Key.GetAsync("/audit/events?target_id=dlg_01hzxk3v7p0000000000000000")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(second, Assert.Single(page.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        foreach (var bad in new[] { "actor_id=nobody", $"actor_id={agent}&agentId=agt_01hzxk3v7p0000000000000001", "after=x", "from=2020-01-01&from_date=2020-01-01" })
        {
            (await crew.Key.GetAsync("/audit/events?" + bad)).Is(HttpStatusCode.BadRequest, "invalid_request");
        }
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
    [InlineData("outcome=deny", "outcome")]
    [InlineData("outcome=Denied", "outcome")]
    [InlineData("outcome=failure", "outcome")]
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
    [InlineData("\t=1", "'\t'=1")]
    [InlineData("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)")]
    [InlineData("x;\"=1+1\"", "x;\"\"'=1+1\"\"")]
    [InlineData("x\t@SUM(A1)\r\n-1", "x\t'@SUM(A1)\r\n'-1")]
    [InlineData("a=b;c-d", "a=b;c-d")]
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
    public async Task An_event_is_one_line_of_an_export_whatever_it_says()
    {
        var crew = await side.CrewAsync();
        var id = await AppendAsync(crew.Id, entry => entry with { Target = "a\r\nb\u0085c\u2028d\u0001e", Reason = "\n{}" });
        var line = Assert.Single((await crew.Key.GetAsync("/audit/export?type=token.issued")).Is(HttpStatusCode.OK).Text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((id, "a\r\nb\u0085c\u2028d\u0001e"), (JsonElement.Parse(line).GetProperty("id").GetString(), JsonElement.Parse(line).GetProperty("target").GetString()));
    }

    [Fact]
    public async Task What_was_hidden_from_the_trail_is_in_no_export()
    {
        var crew = await side.CrewAsync();
        var metadata = JsonElement.Parse("""{"password":"hunter22hunter22","note":"Bearer abcdefghijklmnop"}""");
        await AppendAsync(crew.Id, entry => entry with { Detail = AuditDetail.Mask(metadata) });
        foreach (var format in new[] { "ndjson", "csv" })
        {
            var export = (await crew.Key.GetAsync($"/audit/export?type=token.issued&format={format}")).Is(HttpStatusCode.OK).Text;
            Assert.Contains("***", export, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter22", export, StringComparison.Ordinal);
            Assert.DoesNotContain("abcdefgh", export, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_somebody_known_may_not_do_is_an_event_and_what_they_may_is_none()
    {
        var crew = await side.CrewAsync();
        var auditor = await crew.MemberAsync("auditor");
        (await auditor.Api.GetAsync("/audit")).Is(HttpStatusCode.OK);
        (await auditor.Api.SendAsync(HttpMethod.Put, "/audit/retention", new { days = 30 })).Is(HttpStatusCode.Forbidden, "role");
        (await auditor.Api.PostAsync("/agents", new { name = "x" })).Is(HttpStatusCode.Forbidden, "role");
        (await auditor.Api.SendAsync(HttpMethod.Put, "/audit/retention", new { days = 0 })).Is(HttpStatusCode.Forbidden, "role");

        var told = (await crew.Key.GetAsync("/audit?type=access.refused")).Json.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(3, told.Length);
        Assert.All(told, entry => Assert.Equal(
            (auditor.Id, "denied", "role"), (entry.GetProperty("userId").GetString(), entry.GetProperty("outcome").GetString(), entry.GetProperty("reason").GetString())));
        Assert.Equal(2, told.Count(entry => entry.GetProperty("target").GetString() == "setAuditRetention"));
    }

    [Fact]
    public async Task Refusals_of_somebody_known_are_bounded_by_their_pace()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:RateLimits:PerKey", "5"));
        var organization = await OrganizationSide.CreateAsync(server, Role.Auditor);
        for (var i = 0; i < 8; i++)
        {
            using var refused = await organization.SendAsync(HttpMethod.Put, "/api/v1/audit/retention", new { days = 30 });
            Assert.Equal(i < 5 ? HttpStatusCode.Forbidden : HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        var told = await server.QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Type == AuditEventTypes.AccessRefused).ToListAsync());
        Assert.Equal(5, told.Count);
        Assert.All(told, row => Assert.StartsWith("{\"key\":\"key_", row.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_done_with_a_key_names_the_key()
    {
        var crew = await side.CrewAsync();
        (await crew.Key.SendAsync(HttpMethod.Put, "/audit/retention", new { days = 30 })).Is(HttpStatusCode.OK);
        (await crew.Key.GetAsync("/audit/export")).Is(HttpStatusCode.OK);
        var api = (await crew.Key.PostAsync("/resources", new { url = $"https://{Guid.NewGuid():N}.example" })).Is(HttpStatusCode.Created).Json.GetProperty("resource").GetProperty("id").GetString();
        (await crew.Key.PatchAsync($"/resources/{api}", new { displayName = "Named", scopes = Array.Empty<string>() })).Is(HttpStatusCode.OK);
        foreach (var type in new[] { "audit.retention_changed", "audit.exported", "resource.registered", "resource.changed" })
        {
            var entry = Assert.Single((await crew.Key.GetAsync("/audit?type=" + type)).Json.GetProperty("data").EnumerateArray());
            Assert.StartsWith("key_", entry.GetProperty("details").GetProperty("key").GetString(), StringComparison.Ordinal);
            if (type == "resource.changed")
            {
                Assert.Equal("displayName", Assert.Single(entry.GetProperty("details").GetProperty("changed").EnumerateArray()).GetString());
            }
        }
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
