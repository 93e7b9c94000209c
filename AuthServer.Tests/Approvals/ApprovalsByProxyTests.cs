using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Approvals;

/// <summary>Calls through the vault with an organization's account wait for its developers, and each answer lets through what it was given for.</summary>
public sealed class ApprovalsByProxyTests : IAsyncLifetime
{
    private VaultSide _side = null!;
    private Connection _connection = null!;
    private ConnectedAccount _account = null!;
    private string _agent = "";
    private string _key = "";

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync();
        _connection = await _side.ConnectionAsync();
        _account = await _side.AccountAsync(_connection);
        (_agent, _key) = await _side.AgentAsync("vault:tokens:use");
        await PolicyAsync("Ask before deleting", $"/connections/{_connection.Id}/DELETE/things*", """[{"type":"require_approval","config":{}}]""");
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_developer_approves_once_and_of_many_calls_at_once_exactly_one_is_made()
    {
        var refused = await RefusedAsync("/things/1?secret=x");
        var (id, url) = (Text(refused, "approval_id"), Text(refused, "approval_url"));
        Assert.Equal(("approval_required", $"{_side.Server.Issuer}/developer/approvals/{id}?organization={_side.Acme.Id}"), (Text(refused, "code"), url));
        Assert.Equal(_side.Server.Clock.Now.AddDays(1), refused.GetProperty("expires_at").GetDateTimeOffset());
        Assert.Equal(id, Text(await RefusedAsync("/things/1?secret=x"), "approval_id"));

        using var browser = await MemberAsync(Role.Developer);
        await browser.GoAsync(url[_side.Server.Issuer.Length..]);
        foreach (var shown in new[] { "DELETE /things/1", _connection.Name, _account.Identifier, "Ask before deleting", "Its own" })
            Assert.Contains(shown, browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret=x", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["duration"] = "once" }, "Approve it");
        Assert.Contains("It is approved", browser.Text, StringComparison.Ordinal);

        Assert.Equal("approval_required", Text(await RefusedAsync("/things/2"), "code"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => CallAsync("/things/1")));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal("/api/things/1", Assert.Single(_side.Provider.Calls).Path);
    }

    [Fact]
    public async Task A_batch_says_for_each_call_what_it_waits_for()
    {
        using var answer = await _side.CallAsync(HttpMethod.Post, $"/connected-accounts/{_account.Id}/proxy", _key, JsonContent.Create(new
        {
            calls = new[] { new { method = "DELETE", path = "/things/1" }, new { method = "GET", path = "/things/1" }, new { method = "DELETE", path = "/things/1" } },
        }));
        var answers = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("answers").EnumerateArray().ToArray();

        Assert.Equal([403, 200, 403], answers.Select(one => one.GetProperty("status").GetInt32()));
        Assert.StartsWith("apr_", Text(answers[0], "approval_id"), StringComparison.Ordinal);
        Assert.Equal(Text(answers[0], "approval_id"), Text(answers[2], "approval_id"));
        Assert.False(answers[1].TryGetProperty("approval_id", out _));
    }

    [Fact]
    public async Task What_is_denied_in_one_reading_of_its_path_is_denied_whoever_approved_the_other()
    {
        await _side.Acme.AskAsync(
            HttpMethod.Post, "/api/v1/policies",
            new { agentId = _agent, name = "Never", effect = "deny", resources = new[] { $"/connections/{_connection.Id}/DELETE/things;v=1*" } }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("policy_denies", Text(await RefusedAsync("/things;v=1/7"), "code"));

        // Read carelessly it has to be approved, and what is shown is both.
        var refused = await RefusedAsync("/th%2569ngs/7");
        Assert.Equal("approval_required", Text(refused, "code"));
        using var browser = await MemberAsync(Role.Admin);
        await browser.GoAsync(Text(refused, "approval_url")[_side.Server.Issuer.Length..]);
        Assert.Contains("DELETE /th%69ngs/7", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Some servers read it as DELETE/things/7", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_auditor_looks_and_does_not_answer_and_who_is_no_member_sees_nothing()
    {
        var url = Text(await RefusedAsync("/things/1"), "approval_url")[_side.Server.Issuer.Length..];
        using var auditor = await MemberAsync(Role.Auditor);
        await auditor.GoAsync(url);
        Assert.Contains("You may look at it, and not answer it", auditor.Text, StringComparison.Ordinal);
        await auditor.GoAsync("/chain");
        await auditor.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_side.Server.Address, url))
        {
            Content = new FormUrlEncodedContent([new("csrf", auditor.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!), new("answer", "approve"), new("duration", "once")]),
        });
        Assert.Equal(HttpStatusCode.Forbidden, auditor.Response.StatusCode);

        using var stranger = await MemberAsync(null);
        await stranger.GoAsync(url);
        Assert.Equal(HttpStatusCode.NotFound, stranger.Response.StatusCode);
        Assert.Equal("approval_required", Text(await RefusedAsync("/things/1"), "code"));
    }

    [Fact]
    public async Task What_a_developer_chose_waits_while_they_sign_in_once_more()
    {
        var refused = await RefusedAsync("/things/1");
        var (id, url) = (Text(refused, "approval_id"), Text(refused, "approval_url")[_side.Server.Issuer.Length..]);
        using var browser = await MemberAsync(Role.Developer);
        var email = await _side.Server.QueryAsync(async context =>
        {
            (await context.Approvals.FindAsync(id))!.IsCritical = true;
            await context.SaveChangesAsync();
            return await context.Members.Where(row => row.OrganizationId == _side.Acme.Id && row.Role == Role.Developer)
                .Join(context.Users, row => row.UserId, user => user.Id, (_, user) => user.Email!).SingleAsync();
        });
        await browser.GoAsync(url);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(new() { ["duration"] = "one_hour" }, "Approve it");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(email, Rest.Password);
        Assert.Equal(url, browser.Address.PathAndQuery);
        await browser.SubmitAsync(button: "Send it now");

        var approval = (await _side.Acme.GetAsync($"/api/v1/approvals?agent_id={_agent}")).GetProperty("data")[0];
        Assert.Equal("approved", Text(approval, "status"));
        Assert.Equal(_side.Server.Clock.Now.AddHours(1), approval.GetProperty("expiresAt").GetDateTimeOffset(), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_list_shows_what_waits_what_holds_and_what_was()
    {
        using var browser = await MemberAsync(Role.Admin);
        await browser.GoAsync($"/developer/approvals?organization={_side.Acme.Id}");
        Assert.Contains("Nothing waits for an answer", browser.Text, StringComparison.Ordinal);
        var url = Text(await RefusedAsync("/things/1"), "approval_url")[_side.Server.Issuer.Length..];
        await browser.GoAsync($"/developer/approvals?organization={_side.Acme.Id}");
        Assert.Contains("1 thing waits for your approval", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(url);
        await browser.SubmitAsync(new() { ["duration"] = "one_hour" }, "Approve it");
        using var passed = await CallAsync("/things/1");
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        await browser.GoAsync($"/developer/approvals?organization={_side.Acme.Id}");
        Assert.Contains("Approved, and in force", browser.Text, StringComparison.Ordinal);
        Assert.Contains("used 1 time", browser.Text, StringComparison.Ordinal);
        Assert.Equal("/live?organization=" + _side.Acme.Id, browser.Page.QuerySelector("#approvals")!.GetAttribute("data-live"));

        var list = await _side.Acme.GetAsync($"/api/v1/approvals?agent_id={_agent}");
        Assert.Equal(("approved", 1, "DELETE"), (Text(list.GetProperty("data")[0], "status"), list.GetProperty("data")[0].GetProperty("uses").GetInt32(), Text(list.GetProperty("data")[0], "method")));
    }

    [Fact]
    public async Task An_approval_that_is_not_kept_any_more_says_what_became_of_it_to_the_organization_and_not_to_whoever_answered_as_themselves()
    {
        using var browser = await MemberAsync(Role.Admin);
        var url = Text(await RefusedAsync("/things/1"), "approval_url")[_side.Server.Issuer.Length..];
        await browser.GoAsync(url);
        await browser.SubmitAsync(new() { ["duration"] = "one_hour" }, "Approve it");
        using var passed = await CallAsync("/things/1");
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        await _side.Server.QueryAsync(context => context.Approvals.ExecuteDeleteAsync());

        await browser.GoAsync(url);
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        Assert.Contains("The approval was given on", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(url.Replace("/developer", "", StringComparison.Ordinal).Split('?')[0]);
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    private async Task PolicyAsync(string name, string resource, string rules)
    {
        await _side.Acme.AskAsync(
            HttpMethod.Post, "/api/v1/policies", new { agentId = _agent, name, resources = new[] { resource }, rules = JsonElement.Parse(rules) }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
    }

    private Task<HttpResponseMessage> CallAsync(string path) => _side.CallAsync(HttpMethod.Delete, $"/connected-accounts/{_account.Id}/proxy{path}", _key);

    private async Task<JsonElement> RefusedAsync(string path)
    {
        using var answer = await CallAsync(path);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A browser in which somebody is signed in, who has this role in the organization; null: none.</summary>
    private async Task<TestBrowser> MemberAsync(Role? role)
    {
        using var nobody = new Rest(_side.Server);
        var developer = (await nobody.RegisterDeveloperAsync("Elsewhere")).GetProperty("developer");
        if (role is { } held)
        {
            await _side.Server.QueryAsync(async context =>
            {
                context.Members.Add(new Member { OrganizationId = _side.Acme.Id, UserId = Text(developer, "id"), Role = held, JoinedAt = _side.Server.Clock.Now });
                return await context.SaveChangesAsync();
            });
        }

        var browser = new TestBrowser(_side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Text(developer, "email"), Rest.Password);
        return browser;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
