using System.Net;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Approvals;

/// <summary>What somebody approved for an organization, when they may not do so any more.</summary>
public sealed class ApprovalsOfMembersTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Theory]
    [InlineData("admin", "developer", true)]
    [InlineData("admin", "auditor", false)]
    [InlineData("developer", "removed", false)]
    [InlineData("developer", "disabled", false)]
    public async Task What_a_member_approved_holds_while_they_are_a_developer(string role, string then, bool holds)
    {
        var crew = await side.CrewAsync();
        var (member, colleague) = (await crew.JoinedAsync(role), await crew.JoinedAsync("developer"));
        var (theirs, others) = (await ActingAsync(crew, member), await ActingAsync(crew, colleague));
        await EndAsync(crew, member, then);

        Assert.Equal(holds, (await VerifyAsync(crew, theirs.Token)).GetProperty("allowed").GetBoolean());
        Assert.Equal(holds ? "approved" : "revoked", Text((await crew.Key.GetAsync("/approvals/" + theirs.Approval)).Is(HttpStatusCode.OK).Json, "status"));
        Assert.Equal("approved", Text(await VerifyAsync(crew, others.Token), "reasonCode"));
    }

    [Fact]
    public async Task Whoever_removes_a_member_reads_how_much_of_what_they_approved_ends()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        await ActingAsync(crew, member);
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"/developer/members/{member.Id}?ask=remove");
        Assert.Contains("1 approval that they gave ends.", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync($"/developer/members/{member.Id}?ask=role&role=auditor");
        Assert.Contains("1 approval that they gave ends.", browser.Text, StringComparison.Ordinal);
        side.Server.Clock.Advance(TimeSpan.FromDays(2));
        using var later = await side.BrowserAsync(crew.Owner);
        await later.GoAsync($"/developer/members/{member.Id}?ask=remove");
        Assert.DoesNotContain("that they gave end", later.Text, StringComparison.Ordinal);
    }

    private async Task EndAsync(Crew crew, Somebody member, string then)
    {
        if (then == "disabled")
        {
            var why = AuditEvent.Of(AccountEvents.Disabled, AuditOutcomes.Success, side.Server.Clock.Now) with { Target = member.Id };
            Assert.Equal(PersonStateChange.Done, await side.Server.Services.GetRequiredService<PersonStates>().DisableAsync(member.Id, why, default));
        }
        else if (then == "removed")
        {
            (await crew.Owner.Api.DeleteAsync($"{crew.Path}/members/{member.Id}")).Is(HttpStatusCode.NoContent);
        }
        else
        {
            (await crew.Owner.Api.PatchAsync($"{crew.Path}/members/{member.Id}", new { role = then })).Is(HttpStatusCode.OK);
        }
    }

    /// <summary>The token of a new agent, which this member lets act for a day, and the approval.</summary>
    private async Task<(string Token, string Approval)> ActingAsync(Crew crew, Somebody member)
    {
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json;
        (await crew.Key.PostAsync("/policies", new { agentId = Text(agent, "id"), name = "Ask", rules = new[] { new { type = "require_approval", config = new { } } } })).Is(HttpStatusCode.Created);
        using var http = side.Server.CreateClient();
        var form = TokenSide.Form(
            ("grant_type", "client_credentials"), ("client_id", Text(agent, "clientId")), ("client_secret", Text(agent, "clientSecret")), ("scope", "email:read"));
        using var answer = await http.PostAsync("/connect/token", form);
        var token = Text(JsonElement.Parse(await answer.Content.ReadAsStringAsync()), "access_token");
        var asked = Text(await VerifyAsync(crew, token), "approvalId");
        using var browser = await side.BrowserAsync(member);
        await browser.GoAsync($"/developer/approvals/{asked}?organization={crew.Id}");
        await browser.SubmitAsync(new() { ["duration"] = "one_day" }, "Approve it");
        Assert.Equal("approved", Text(await VerifyAsync(crew, token), "reasonCode"));
        return (token, asked);
    }

    private static async Task<JsonElement> VerifyAsync(Crew crew, string token) =>
        (await crew.Key.PostAsync("/tokens/verify", new { token, requiredScopes = new[] { "email:read" } })).Is(HttpStatusCode.OK).Json;

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
