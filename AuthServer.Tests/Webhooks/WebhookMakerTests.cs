using System.Net;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Webhooks;

/// <summary>A webhook is somebody's, and does not outlive what they may do.</summary>
public sealed class WebhookMakerTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Theory]
    [InlineData("removed")]
    [InlineData("left")]
    [InlineData("demoted")]
    [InlineData("account removed")]
    [InlineData("account disabled")]
    public async Task A_webhook_is_disabled_with_the_right_of_who_made_it(string how)
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        var (theirs, mine) = (await MadeAsync(member), await MadeAsync(crew.Owner));
        Assert.Equal(member.Id, Text(await FindAsync(crew, theirs), "created_by"));
        await EndAsync(crew, member, how);

        var after = await FindAsync(crew, theirs);
        Assert.False(after.GetProperty("enabled").GetBoolean());
        Assert.Equal((member.Id, "maker_gone"), (Text(after, "created_by"), Text(after, "disabled_reason")));
        Assert.True(after.TryGetProperty("disabled_at", out _));
        Assert.True((await FindAsync(crew, mine)).GetProperty("enabled").GetBoolean());
        var told = Assert.Single(await side.Server.TrailAsync(WebhookEvents.DisabledByServer), row => row.Target == theirs);
        Assert.Equal((crew.Id, "maker_gone"), (told.OrganizationId, told.Reason));
        Assert.DoesNotContain(await side.Server.TrailAsync(WebhookEvents.DisabledByServer), row => row.Target == mine);
    }

    [Fact]
    public async Task An_admin_who_becomes_a_developer_keeps_theirs_and_another_organizations_stays()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        var member = await crew.JoinedAsync("admin");
        var id = await MadeAsync(member);
        (await member.Api.PostAsync("/invitations/accept", new { token = await other.InviteAsync(member.Email) })).Is(HttpStatusCode.OK);
        var elsewhere = await MadeAsync(await member.SignInAsync(other.Id));
        (await crew.Owner.Api.PatchAsync($"{crew.Path}/members/{member.Id}", new { role = "developer" })).Is(HttpStatusCode.OK);
        Assert.True((await FindAsync(crew, id)).GetProperty("enabled").GetBoolean());

        await EndAsync(crew, member, "removed");
        Assert.False((await FindAsync(crew, id)).GetProperty("enabled").GetBoolean());
        Assert.True((await FindAsync(other, elsewhere)).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Whoever_gives_a_webhook_another_URL_or_enables_it_answers_for_it()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        var (turned, described) = (await MadeAsync(crew.Owner), await MadeAsync(crew.Owner));
        (await member.Api.PatchAsync("/webhooks/" + turned, new { url = "https://mine.example/" })).Is(HttpStatusCode.OK);
        (await member.Api.PatchAsync("/webhooks/" + described, new { url = "https://hooks.example/", description = "Described", enabled = true })).Is(HttpStatusCode.OK);
        await EndAsync(crew, member, "removed");
        Assert.False((await FindAsync(crew, turned)).GetProperty("enabled").GetBoolean());
        Assert.True((await FindAsync(crew, described)).GetProperty("enabled").GetBoolean());

        (await crew.Owner.Api.PatchAsync("/webhooks/" + turned, new { enabled = true })).Is(HttpStatusCode.OK);
        var enabled = await FindAsync(crew, turned);
        Assert.Equal(crew.Owner.Id, Text(enabled, "created_by"));
        Assert.False(enabled.TryGetProperty("disabled_reason", out _));
    }

    [Fact]
    public async Task A_webhook_that_is_made_while_its_maker_is_removed_does_not_outlive_them()
    {
        var crew = await side.CrewAsync();
        for (var round = 0; round < 8; round++)
        {
            var member = await crew.JoinedAsync("developer");
            await Task.WhenAll(
                member.Api.PostAsync("/webhooks", new { url = "https://hooks.example/", events = new[] { "agent.created" } }),
                crew.Owner.Api.DeleteAsync($"{crew.Path}/members/{member.Id}"));
            Assert.False(await side.Server.QueryAsync(context => context.Webhooks.AnyAsync(row => row.CreatedBy == member.Id && row.Enabled)));
        }
    }

    private async Task EndAsync(Crew crew, Somebody member, string how)
    {
        switch (how)
        {
            case "removed":
                (await crew.Owner.Api.DeleteAsync($"{crew.Path}/members/{member.Id}")).Is(HttpStatusCode.NoContent);
                break;
            case "left":
                (await member.Api.DeleteAsync($"{crew.Path}/members/{member.Id}")).Is(HttpStatusCode.NoContent);
                break;
            case "demoted":
                (await crew.Owner.Api.PatchAsync($"{crew.Path}/members/{member.Id}", new { role = "auditor" })).Is(HttpStatusCode.OK);
                break;
            case "account removed":
                (await member.Api.DeleteAsync("/users/" + member.Id, new { password = Rest.Password })).Is(HttpStatusCode.NoContent);
                break;
            default:
                // As when a configuration does not name them any more.
                var now = side.Server.Clock.GetStoredNow();
                await side.Server.Services.GetRequiredService<Closings>().EndPersonAsync(
                    member.Id, new() { Id = Identifiers.New("aud_", now), At = now, Type = AuditEventTypes.TokenRevoked, Outcome = AuditOutcomes.Success, Target = member.Id }, default);
                break;
        }
    }

    private static async Task<string> MadeAsync(Somebody maker) =>
        Text((await maker.Api.PostAsync("/webhooks", new { url = "https://hooks.example/", events = new[] { "agent.created" } })).Is(HttpStatusCode.Created).Json, "id");

    private static async Task<JsonElement> FindAsync(Crew crew, string id) => (await crew.Key.GetAsync("/webhooks/" + id)).Is(HttpStatusCode.OK).Json;

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
