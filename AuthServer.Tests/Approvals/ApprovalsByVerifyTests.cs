using System.Net;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Approvals;

/// <summary>From the refusal at <c>tokens/verify</c> to what the person decides in their browser, and everything by which somebody else would decide it.</summary>
public sealed class ApprovalsByVerifyTests(PersonSide side) : IClassFixture<PersonSide>
{
    private OrganizationSide Acme => side.Chain.Organization;

    [Fact]
    public async Task A_person_approves_once_what_their_agent_wants_and_it_passes_once()
    {
        var (agent, person, token) = await ActingAsync();
        var refused = await VerifyAsync(token);
        var id = Text(refused, "approvalId");
        Assert.Equal((false, "approval_required", $"{side.Server.Issuer}/approvals/{id}"), (refused.GetProperty("allowed").GetBoolean(), Text(refused, "reasonCode"), Text(refused, "approvalUrl")));
        Assert.Equal(side.Server.Clock.Now.AddDays(1), refused.GetProperty("approvalExpiresAt").GetDateTimeOffset());
        Assert.Equal(id, Text(await VerifyAsync(token), "approvalId"));
        Assert.Equal("pending", await StatusAsync(agent, id));

        await person.Browser.GoAsync("/dashboard");
        Assert.Contains("1 thing waits for your approval", person.Browser.Text, StringComparison.Ordinal);
        await person.Browser.GoAsync($"/approvals/{id}");
        foreach (var shown in new[] { "Acme AI", "Send e-mail in your name", "/mails/7", "20", "EUR", "Ask before mail", "invoice 4711", "Yours" })
            Assert.Contains(shown, person.Browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", person.Browser.Text, StringComparison.Ordinal);
        await person.Browser.SubmitAsync(new() { ["duration"] = "once" }, "Approve it");
        Assert.Contains("It is approved", person.Browser.Text, StringComparison.Ordinal);
        await person.Browser.AgainAsync();
        Assert.Contains("It is approved", person.Browser.Text, StringComparison.Ordinal);

        Assert.Equal("approved", await StatusAsync(agent, id));
        var passed = await VerifyAsync(token);
        Assert.Equal((true, "approved"), (passed.GetProperty("allowed").GetBoolean(), Text(passed, "reasonCode")));
        Assert.Equal("used", await StatusAsync(agent, id));
        Assert.NotEqual(id, Text(await VerifyAsync(token), "approvalId"));
        Assert.Equal(
            ["approval.requested", "approval.approved", "approval.used"],
            await side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Where(row => row.Target == id).OrderBy(row => row.Sequence).Select(row => row.Type).ToArray())));
    }

    [Fact]
    public async Task An_approval_that_is_not_kept_any_more_says_when_it_ended_to_its_person_and_to_nobody_else()
    {
        var (_, person, token) = await ActingAsync();
        var other = await side.PersonAsync();
        var id = await AskedAsync(token);
        await person.Browser.GoAsync($"/approvals/{id}");
        await side.Server.QueryAsync(context => context.Approvals.Where(row => row.Id == id).ExecuteDeleteAsync());

        await person.Browser.SubmitAsync(new() { ["duration"] = "once" }, "Approve it");
        Assert.Equal(HttpStatusCode.Gone, person.Browser.Response.StatusCode);
        await person.Browser.GoAsync($"/approvals/{id}");
        Assert.Equal(HttpStatusCode.Gone, person.Browser.Response.StatusCode);
        foreach (var shown in new[] { "This approval is gone", "The approval was asked for on", "90 days", "email:send" })
        {
            Assert.Contains(shown, person.Browser.Text, StringComparison.Ordinal);
        }

        await other.Browser.GoAsync($"/approvals/{id}");
        Assert.Equal(HttpStatusCode.NotFound, other.Browser.Response.StatusCode);

        // An admin of the agent's organization sees what was asked of the organization, not of its people.
        await side.Server.QueryAsync(async context =>
        {
            context.Members.Add(new Member { OrganizationId = Acme.Id, UserId = other.Id, Role = Role.Admin, JoinedAt = side.Server.Clock.Now });
            return await context.SaveChangesAsync();
        });
        await other.Browser.GoAsync("/developer/approvals");
        Assert.Equal(HttpStatusCode.OK, other.Browser.Response.StatusCode);
        await other.Browser.GoAsync($"/developer/approvals/{id}?organization={Acme.Id}");
        Assert.Equal(HttpStatusCode.NotFound, other.Browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_person_says_no_with_a_note_that_the_agent_reads()
    {
        var (agent, person, token) = await ActingAsync();
        var id = await AskedAsync(token);
        await person.Browser.GoAsync($"/approvals/{id}");
        await person.Browser.SubmitAsync(new() { ["note"] = "Not to <b>them</b>." }, "Deny it");
        Assert.Contains("It is denied", person.Browser.Text, StringComparison.Ordinal);
        Assert.Contains("Not to <b>them</b>.", person.Browser.Text, StringComparison.Ordinal);

        var refused = await VerifyAsync(token);
        Assert.Equal((false, "approval_denied", id), (refused.GetProperty("allowed").GetBoolean(), Text(refused, "reasonCode"), Text(refused, "approvalId")));
        using var rest = agent.Rest();
        var seen = (await rest.GetAsync($"/approvals/{id}")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("denied", "Not to <b>them</b>."), (Text(seen, "status"), Text(seen, "note")));
        Assert.False(seen.TryGetProperty("decidedBy", out _));
    }

    [Fact]
    public async Task What_was_asked_under_a_consent_that_is_stopped_waits_for_nobody()
    {
        var (agent, person, token) = await ActingAsync();
        var (_, other, their) = await ActingAsync();
        var (id, untouched) = (await AskedAsync(token), await AskedAsync(their));
        await person.Browser.GoAsync("/dashboard?stop=all");
        await person.Browser.SubmitAsync(button: "Stop everything");
        Assert.DoesNotContain("waits for your approval", person.Browser.Text, StringComparison.Ordinal);
        Assert.Equal("revoked", await StatusAsync(agent, id));
        await person.Browser.GoAsync($"/approvals/{id}");
        Assert.DoesNotContain("Approve it", person.Browser.Text, StringComparison.Ordinal);
        await other.Browser.GoAsync($"/approvals/{untouched}");
        Assert.Contains("Approve it", other.Browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_approved_for_agents_of_an_organization_is_worth_nothing_once_it_was_suspended()
    {
        var (agent, person, token) = await ActingAsync();
        var id = await AskedAsync(token);
        await InBrowserAsync(person, id, "approve");
        var states = side.Server.Services.GetRequiredService<OrganizationStates>();
        Assert.True(await states.TrySuspendAsync(Acme.Id, Event(OrganizationEvents.Suspended), default));
        Assert.True(await states.TryResumeAsync(Acme.Id, Event(OrganizationEvents.Resumed), default));
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("revoked", await StatusAsync(agent, id));

        AuditEvent Event(string type) => AuditEvent.Of(type, AuditOutcomes.Success, side.Server.Clock.Now) with { OrganizationId = Acme.Id, Target = Acme.Id };
    }

    [Fact]
    public async Task Whoever_is_no_person_in_their_own_browser_approves_nothing()
    {
        var (agent, person, token) = await ActingAsync();
        var other = await side.PersonAsync();
        var id = await AskedAsync(token);

        Assert.Equal((HttpStatusCode.Forbidden, "people_only"), await ApproveAsync(id, agent.Key));
        Assert.Equal((HttpStatusCode.Forbidden, "people_only"), await ApproveAsync(id, await agent.TokenAsync()));
        Assert.Equal((HttpStatusCode.Forbidden, "people_only"), await ApproveAsync(id, token));
        Assert.Equal((HttpStatusCode.Forbidden, "browser_needed"), await ApproveAsync(id, Acme.Key));
        Assert.Equal(HttpStatusCode.Unauthorized, (await ApproveAsync(id, await person.TokenAsync("email:read"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ApproveAsync(id, null)).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "cross_site"), await InBrowserAsync(person, id, "approve", origin: "https://elsewhere.example"));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), await InBrowserAsync(other, id, "approve"));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), await InBrowserAsync(other, id, "deny"));
        await other.Browser.GoAsync($"/approvals/{id}");
        Assert.Equal(HttpStatusCode.NotFound, other.Browser.Response.StatusCode);

        Assert.Equal("pending", await StatusAsync(agent, id));
        Assert.Equal((HttpStatusCode.OK, null), await InBrowserAsync(person, id, "approve"));
        Assert.Equal((HttpStatusCode.Conflict, "approval_answered"), await InBrowserAsync(person, id, "deny"));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), await InBrowserAsync(other, id, "revoke"));
        Assert.Equal((HttpStatusCode.OK, null), await InBrowserAsync(person, id, "revoke"));
        Assert.Equal((HttpStatusCode.Conflict, "approval_not_in_force"), await InBrowserAsync(person, id, "revoke"));
        Assert.False((await VerifyAsync(token)).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task Whoever_merely_holds_the_token_asks_nobody_and_uses_nothing_up()
    {
        var (agent, person, token) = await ActingAsync();
        using var stranger = new Rest(side.Server);
        var body = new { token, requiredScopes = new[] { "email:send" }, resource = "/mails/7" };
        var seen = (await stranger.PostAsync("/tokens/verify", body)).Is(HttpStatusCode.OK).Json;
        Assert.Equal((false, "approval_required", false), (seen.GetProperty("allowed").GetBoolean(), Text(seen, "reasonCode"), seen.TryGetProperty("approvalId", out _)));
        Assert.Empty(await side.Server.QueryAsync(context => Task.FromResult(context.Approvals.Where(row => row.AgentId == agent.Id).ToList())));

        var id = await AskedAsync(token);
        await InBrowserAsync(person, id, "approve");
        await stranger.PostAsync("/tokens/verify", body);
        Assert.Equal("approved", await StatusAsync(agent, id));
    }

    [Fact]
    public async Task Nobody_sees_what_others_were_asked()
    {
        var (agent, person, token) = await ActingAsync();
        var (another, other, _) = await ActingAsync();
        var id = await AskedAsync(token);
        using var rest = another.Rest();
        (await rest.GetAsync($"/approvals/{id}")).Is(HttpStatusCode.NotFound);
        Assert.Empty((await rest.GetAsync("/approvals")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray());

        // What people are asked is theirs, and not the organization's.
        using var developer = side.Chain.As(Acme.Key);
        (await developer.GetAsync($"/approvals/{id}")).Is(HttpStatusCode.NotFound);
        Assert.Equal(1, await TotalAsync(person, $"?status=pending&agent_id={agent.Id}"));
        Assert.Equal(0, await TotalAsync(person, "?status=approved"));
        Assert.Equal(0, await TotalAsync(other, ""));
        using var wrong = await Steps(person).GetAsync("/api/v1/approvals?status=maybe");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Of_two_tabs_the_second_is_told_what_was_decided_by_whom_and_when()
    {
        var (_, person, token) = await ActingAsync();
        var id = await AskedAsync(token);
        await person.Browser.GoAsync($"/approvals/{id}");
        var form = person.Browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;
        await person.Browser.SubmitAsync(new() { ["duration"] = "one_hour" }, "Approve it");
        await person.Browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"/approvals/{id}"))
        {
            Content = new FormUrlEncodedContent([new("csrf", form), new("answer", "deny")]),
        });

        Assert.Contains("Nothing was changed by what you just did", person.Browser.Text, StringComparison.Ordinal);
        Assert.Contains("Approved for a while", person.Browser.Text, StringComparison.Ordinal);
        Assert.Contains("New Comer", person.Browser.Text, StringComparison.Ordinal);
        Assert.True((await VerifyAsync(token)).GetProperty("allowed").GetBoolean());
        await person.Browser.SubmitAsync(button: "Take it back");
        Assert.Contains("It is taken back", person.Browser.Text, StringComparison.Ordinal);
        Assert.False((await VerifyAsync(token)).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task What_a_stopped_agent_asked_or_was_approved_is_over_for_good()
    {
        var (agent, person, token) = await ActingAsync();
        var id = await AskedAsync(token);
        Assert.Equal((HttpStatusCode.OK, null), await InBrowserAsync(person, id, "approve", new { duration = "one_day" }));
        await Acme.PostAsync($"/api/v1/agents/{agent.Id}/suspend");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await Acme.PostAsync($"/api/v1/agents/{agent.Id}/resume");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));

        var renewed = await agent.ExchangedAsync(await person.TokenAsync("email:send", agent));
        Assert.NotEqual(id, Text(await VerifyAsync(renewed), "approvalId"));
        Assert.Equal("revoked", await StatusAsync(agent, id));
    }

    [Fact]
    public async Task A_consent_that_was_taken_back_takes_the_question_along()
    {
        var (agent, person, token) = await ActingAsync();
        var id = await AskedAsync(token);
        await person.TakeBackAsync(agent);

        Assert.Equal((HttpStatusCode.Conflict, "approval_void"), await InBrowserAsync(person, id, "approve"));
        await person.Browser.GoAsync($"/approvals/{id}");
        Assert.Contains("was not the same any more", person.Browser.Text, StringComparison.Ordinal);
        Assert.Empty(person.Browser.Page.QuerySelectorAll("main form"));
    }

    [Fact]
    public async Task What_can_do_great_harm_takes_a_sign_in_of_just_now_at_both_doors_and_saying_no_does_not()
    {
        var (agent, person, token) = await ActingAsync();
        var id = await AskedAsync(token);
        await side.Server.QueryAsync(async context =>
        {
            (await context.Approvals.FindAsync(id))!.IsCritical = true;
            return await context.SaveChangesAsync();
        });
        await person.Browser.GoAsync($"/approvals/{id}");
        var form = BrowserSide.Form(person.Browser, ("answer", "approve"), ("duration", "one_day"));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal((HttpStatusCode.Forbidden, "fresh_sign_in_needed"), await InBrowserAsync(person, id, "approve"));
        await person.Browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"/approvals/{id}")) { Content = form });
        Assert.Equal("/sign-in", person.Browser.Address.AbsolutePath);
        await person.Browser.GoAsync($"/approvals/{id}");
        Assert.Contains("It can do great harm", person.Browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Approve it", person.Browser.Text, StringComparison.Ordinal);
        Assert.Equal("pending", await StatusAsync(agent, id));
        Assert.Equal((HttpStatusCode.OK, null), await InBrowserAsync(person, id, "deny"));
        Assert.Equal("denied", await StatusAsync(agent, id));
    }

    [Fact]
    public async Task What_was_chosen_waits_while_its_person_signs_in_once_more()
    {
        var (agent, person, token) = await ActingAsync();
        var id = await AskedAsync(token);
        var email = await side.Server.QueryAsync(async context =>
        {
            (await context.Approvals.FindAsync(id))!.IsCritical = true;
            await context.SaveChangesAsync();
            return (await context.Users.FindAsync(person.Id))!.Email!;
        });
        await person.Browser.GoAsync($"/approvals/{id}?done=late");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await person.Browser.SubmitAsync(new() { ["duration"] = "one_hour", ["note"] = "Only this once" }, "Approve it");
        Assert.Equal("/sign-in", person.Browser.Address.AbsolutePath);
        await person.Browser.SignInAsync(email, Flows.Password);
        Assert.Equal($"/approvals/{id}", person.Browser.Address.PathAndQuery);
        Assert.Contains("What you typed is kept", person.Browser.Text, StringComparison.Ordinal);
        Assert.Equal("pending", await StatusAsync(agent, id));

        await person.Browser.SubmitAsync(button: "Send it now");
        Assert.Equal("approved", await StatusAsync(agent, id));
        Assert.Equal(side.Server.Clock.Now.AddHours(1), await side.Server.QueryAsync(async context => (await context.Approvals.FindAsync(id))!.ExpiresAt), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task All_that_waits_can_be_read_in_parts_and_every_page_says_how_much_it_is()
    {
        var (_, person, token) = await ActingAsync();
        await person.Browser.GoAsync("/account");
        Assert.Null(person.Browser.Page.QuerySelector(".side .tag"));
        for (var i = 0; i < 20; i++)
        {
            await Acme.PostAsync("/api/v1/tokens/verify", new { token, requiredScopes = new[] { "email:send" }, resource = $"/mails/{i}" });
        }

        var (another, _, _) = await ActingAsync();
        await person.ConsentAsync(another, "email:send");
        await Acme.PostAsync(
            "/api/v1/tokens/verify",
            new { token = await another.ExchangedAsync(await person.TokenAsync("email:send", another)), requiredScopes = new[] { "email:send" }, resource = "/mails/last" });

        await person.Browser.GoAsync("/account");
        Assert.Equal("21 to answer", person.Browser.Page.QuerySelector(".side a[href='/approvals'] .tag")!.TextContent);
        await person.Browser.GoAsync("/dashboard");
        await person.Browser.GoAsync(person.Browser.Page.QuerySelector("#approvals a[href*='show=waiting']")!.GetAttribute("href")!);
        Assert.Equal(20, person.Browser.Page.QuerySelectorAll("li.grant-waiting").Length);
        Assert.Empty(person.Browser.Page.QuerySelectorAll("table"));
        await person.Browser.GoAsync(person.Browser.Page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Single(person.Browser.Page.QuerySelectorAll("li.grant-waiting"));
        Assert.Null(person.Browser.Page.QuerySelector("a[rel=next]"));
        await person.Browser.GoAsync(person.Browser.Page.QuerySelector("a[rel=prev]")!.GetAttribute("href")!);
        Assert.Equal(20, person.Browser.Page.QuerySelectorAll("li.grant-waiting").Length);
    }

    [Fact]
    public async Task A_page_that_nobody_is_signed_in_for_is_returned_to_after_the_sign_in()
    {
        var (_, _, token) = await ActingAsync();
        var id = await AskedAsync(token);
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync($"/approvals/{id}");

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        Assert.Contains(Uri.EscapeDataString($"/approvals/{id}"), browser.Address.Query, StringComparison.Ordinal);
    }

    private async Task<(KeyedAgent Agent, PortalPerson Person, string Token)> ActingAsync()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:send");
        await Acme.AskAsync(
            HttpMethod.Post, "/api/v1/policies",
            new { agentId = agent.Id, name = "Ask before mail", rules = new[] { new { type = "require_approval", config = new { actions = new[] { "email:*" } } } } }, HttpStatusCode.Created);
        return (agent, person, await agent.ExchangedAsync(await person.TokenAsync("email:send", agent)));
    }

    private Task<JsonElement> VerifyAsync(string token) => Acme.PostAsync(
        "/api/v1/tokens/verify",
        new { token, requiredScopes = new[] { "email:send" }, resource = "/mails/7", context = new { amount = 20, currency = "EUR", subject = "invoice 4711", password = "sesame" } });

    private async Task<string> AskedAsync(string token) => Text(await VerifyAsync(token), "approvalId");

    private static async Task<string> StatusAsync(KeyedAgent agent, string id)
    {
        using var rest = agent.Rest();
        return Text((await rest.GetAsync($"/approvals/{id}")).Is(HttpStatusCode.OK).Json, "status");
    }

    private async Task<(HttpStatusCode Status, string? Code)> ApproveAsync(string id, string? credential)
    {
        using var rest = side.Chain.As(credential);
        return Told(await rest.PostAsync($"/approvals/{id}/approve", new { duration = "one_day" }));
    }

    private HttpClient Steps(PortalPerson person) => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = person.Browser.Cookies }) { BaseAddress = side.Server.Address };

    private async Task<(HttpStatusCode, string?)> InBrowserAsync(PortalPerson person, string id, string verb, object? body = null, string? origin = null)
    {
        using var http = Steps(person);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/approvals/{id}/{verb}") { Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body) };
        request.Headers.Add("Origin", origin ?? side.Server.Issuer);
        return Told(await RestAnswer.ReadAsync(await http.SendAsync(request)));
    }

    private async Task<int> TotalAsync(PortalPerson person, string query)
    {
        using var http = Steps(person);
        return JsonElement.Parse(await http.GetStringAsync("/api/v1/approvals" + query)).GetProperty("meta").GetProperty("total").GetInt32();
    }

    private static (HttpStatusCode, string?) Told(RestAnswer answer) =>
        (answer.Status, (int)answer.Status >= 400 && answer.Json.TryGetProperty("code", out var code) ? code.GetString() : null);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
