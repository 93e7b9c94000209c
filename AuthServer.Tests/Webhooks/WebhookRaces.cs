using System.Net;
using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Webhooks;

/// <summary>What must hold when several change an organization's webhooks at once, or somebody who may not do so any more since their request came.</summary>
public sealed class WebhookRaces(WebhookSide side) : IClassFixture<WebhookSide>
{
    private const string Route = WebhookSide.Route;

    private static readonly IfMatch Whatever = new((IReadOnlyList<string>?)null);

    [Fact]
    public async Task Of_many_who_make_webhooks_at_once_ten_do()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async _ =>
        {
            using var response = await acme.SendAsync(HttpMethod.Post, Route, new { url = "https://hooks.example/", events = new[] { "agent.created" } });
            return response.StatusCode;
        }));

        Assert.Equal(10, answers.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(14, answers.Count(status => status == HttpStatusCode.Conflict));
        Assert.Equal(10, (await acme.GetAsync(Route)).GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Of_many_tests_at_once_one_is_sent()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var id = WebhookSide.IdOf(await side.CreateAsync("https://hooks.example/", ["agent.created"], acme));
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var response = await acme.SendAsync(HttpMethod.Post, $"{Route}/{id}/test");
            return response.StatusCode;
        }));

        Assert.Single(answers, status => status == HttpStatusCode.OK);
        Assert.Equal(1, await side.Server.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == id)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Role.Auditor)]
    public async Task Whoever_lost_their_role_since_their_request_came_changes_nothing(Role? left)
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var id = WebhookSide.IdOf(await side.CreateAsync(side.Receiver.Url("/race"), ["agent.created"], acme));
        await acme.RegisterAsync();
        await side.FinishAsync();
        var delivery = Text((await acme.GetAsync($"{Route}/{id}/logs")).GetProperty("data")[0], "id");
        var before = (await acme.GetAsync($"{Route}/{id}")).GetRawText();
        var late = new Developer(acme.Id, (await acme.ColleagueAsync(Role.Developer)).UserId, Role.Developer, null);
        await side.Server.QueryAsync(context =>
        {
            var member = context.Members.Where(row => row.OrganizationId == acme.Id && row.UserId == late.UserId);
            return left is { } role ? member.ExecuteUpdateAsync(row => row.SetProperty(one => one.Role, role)) : member.ExecuteDeleteAsync();
        });

        var (all, logs, http) = (side.Server.Services.GetRequiredService<OrganizationWebhooks>(), side.Server.Services.GetRequiredService<WebhookLogs>(), new DefaultHttpContext());
        Problem?[] refused =
        [
            (await all.CreateAsync(http, late, new NewWebhook { Url = "https://hooks.example/", Events = ["agent.created"] }, default)).Problem,
            (await all.ChangeAsync(http, late, id, new WebhookChange { Url = "https://hooks.example/" }, Whatever, default)).Problem,
            (await all.RotateAsync(http, late, id, new SecretRotation(), new IfMatch((IReadOnlyList<string>?)null), default)).Problem,
            (await all.DeleteAsync(http, late, id, Whatever, default)).Problem,
            (await logs.TestAsync(http, late, id, default)).Problem,
            (await logs.ReplayAsync(http, late, id, delivery, default)).Problem,
        ];

        Assert.All(refused, problem => Assert.Equal(((int?)403, "role"), (problem?.Status, problem?.Code)));
        Assert.Equal(before, (await acme.GetAsync($"{Route}/{id}")).GetRawText());
        Assert.Equal(1, await side.Server.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == id && row.DueAt == null)));
        Assert.False(await side.Server.QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Subject == late.UserId)));
    }
}
