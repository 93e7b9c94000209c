using System.Net;
using System.Text.Json;
using AuthServer.Agents.Credentials;
using AuthServer.Data;
using AuthServer.Notices;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Notices;

/// <summary>Somebody is told 30, 7 and 1 days before a key, certificate or secret expires: once each.</summary>
public sealed class ExpiryNoticeTests : IAsyncLifetime
{
    private MailSide _side = null!;
    private OrganizationSide _acme = null!;

    private TestServer Server => _side.Server;

    public async Task InitializeAsync()
    {
        _side = await MailSide.StartAsync();
        _acme = await OrganizationSide.CreateAsync(Server);
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_key_is_told_of_three_times_each_by_one_event_and_one_mail()
    {
        var start = Server.Clock.GetStoredNow();
        var key = await KeyAsync(start.AddDays(40));
        foreach (var (day, told) in new[] { (9, 0), (11, 1), (20, 1), (34, 2), (35, 2), (39.5, 3), (39.9, 3), (41, 3) })
        {
            await RunAsync(start.AddDays(day));
            Assert.Equal(told, (await EventsAsync(key)).Count);
        }

        var days = (await EventsAsync(key)).Select(row => JsonDocument.Parse(row.Detail!).RootElement).Select(detail => (detail.GetProperty("days").GetInt32(), detail.GetProperty("kind").GetString()));
        Assert.Equal([(30, "agent_key"), (7, "agent_key"), (1, "agent_key")], days);
        var mails = await _side.ToAsync(await OwnerAsync());
        Assert.Equal(3, mails.Count(mail => mail.Subject!.Contains("API key", StringComparison.Ordinal)));
        Assert.Contains("within 30 days", mails[0].Subject!, StringComparison.Ordinal);
        Assert.Contains("/developer?organization=" + _acme.Id, mails[0].TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_reader_is_written_to_in_their_own_language()
    {
        var (now, owner) = (Server.Clock.GetStoredNow(), await OwnerAsync());
        await Server.QueryAsync(async context =>
        {
            (await context.Users.SingleAsync(user => user.Email == owner)).Locale = "de";
            return await context.SaveChangesAsync();
        });
        await KeyAsync(now.AddDays(6), made: now.AddDays(-90));
        await RunAsync(now);

        var mail = Assert.Single(await _side.ToAsync(owner), mail => mail.Subject!.Contains("innerhalb von 7 Tagen ab", StringComparison.Ordinal));
        Assert.Contains("Uhr (UTC)", mail.TextBody!, StringComparison.Ordinal);
        Assert.Contains("Sie erhalten diese Nachricht, weil", mail.TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_found_late_is_told_of_by_the_last_notice_alone_and_what_was_meant_to_end_by_none()
    {
        var now = Server.Clock.GetStoredNow();
        var late = await KeyAsync(now.AddHours(20), made: now.AddDays(-90));
        var shortLived = await KeyAsync(now.AddHours(1), made: now);
        var week = await KeyAsync(now.AddDays(5), made: now.AddDays(-1));
        await RunAsync(now);
        await RunAsync(now.AddMinutes(10));

        Assert.Equal(1, JsonDocument.Parse(Assert.Single(await EventsAsync(late)).Detail!).RootElement.GetProperty("days").GetInt32());
        Assert.Empty(await EventsAsync(shortLived));
        Assert.Empty(await EventsAsync(week));
        await RunAsync(now.AddDays(4.5));
        Assert.Equal(1, JsonDocument.Parse(Assert.Single(await EventsAsync(week)).Detail!).RootElement.GetProperty("days").GetInt32());
    }

    [Fact]
    public async Task Rounds_at_the_same_time_and_after_a_restart_tell_once()
    {
        var now = Server.Clock.GetStoredNow();
        var keys = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => KeyAsync(now.AddDays(6), made: now.AddDays(-90))));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RunAsync(now)));
        await Server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. _side.Smtp.Settings]);
        await RunAsync(now.AddMinutes(10));

        foreach (var key in keys)
        {
            Assert.Single(await EventsAsync(key));
        }

        Assert.Single(await _side.ToAsync(await OwnerAsync()), mail => mail.Subject!.Contains("expire", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificates_developer_keys_and_old_secrets_are_told_of_and_what_was_revoked_or_replaced_is_not()
    {
        var now = Server.Clock.GetStoredNow();
        var certificate = Text(await _acme.AskAsync(HttpMethod.Post, "/certificates", new { name = "Build", expiresAt = now.AddDays(60) }, HttpStatusCode.Created), "id");
        var developer = Text((await _acme.AskAsync(HttpMethod.Post, "/api/v1/developers/api-keys", new { name = "CI", expiresAt = now.AddDays(60) }, HttpStatusCode.Created)).GetProperty("key"), "id");
        var agent = Text(await _acme.RegisterAsync(), "id");
        await _acme.AskAsync(HttpMethod.Post, $"/api/v1/agents/{agent}/rotate-secret", new { overlapSeconds = 604_800 });
        var gone = await KeyAsync(now.AddDays(60));
        await _acme.AskAsync(HttpMethod.Delete, "/api/v1/credentials/" + gone);

        await RunAsync(now.AddDays(6.5));
        var secret = Assert.Single(await Server.TrailAsync(ExpiryEvents.Expiring));
        Assert.Equal(agent, secret.AgentId);
        await RunAsync(now.AddDays(55));
        Assert.Equal(
            new[] { certificate, developer, secret.Target }.Order(StringComparer.Ordinal),
            (await Server.TrailAsync(ExpiryEvents.Expiring)).Select(row => row.Target).Order(StringComparer.Ordinal));
        await RunAsync(now.AddDays(70));
        Assert.Equal(0, await Server.QueryAsync(context => context.ExpiryNotices.CountAsync()));
    }

    [Fact]
    public async Task The_old_secret_of_an_API_is_told_of_too()
    {
        var now = Server.Clock.GetStoredNow();
        var api = Text(await _acme.AskAsync(HttpMethod.Post, "/api/v1/resources", new { url = "https://robots.example", displayName = "Robots" }, HttpStatusCode.Created), "id");
        await _acme.AskAsync(HttpMethod.Post, $"/api/v1/resources/{api}/rotate-secret", new { overlapSeconds = 604_800 });
        await RunAsync(now.AddDays(5));
        Assert.Empty(await Server.TrailAsync(ExpiryEvents.Expiring));
        await RunAsync(now.AddDays(6.5));
        Assert.Equal("resource_secret", JsonDocument.Parse(Assert.Single(await Server.TrailAsync(ExpiryEvents.Expiring)).Detail!).RootElement.GetProperty("kind").GetString());
        var mail = Assert.Single(await _side.ToAsync(await OwnerAsync()), mail => mail.Subject!.StartsWith("An API's old secret", StringComparison.Ordinal));

        // It was replaced already.
        Assert.Contains("It was replaced: programs that still use it must use the new one by then.", mail.TextBody!, StringComparison.Ordinal);
        Assert.DoesNotContain("Replace it before", mail.TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_those_who_can_do_something_are_mailed()
    {
        var auditor = await _acme.ColleagueAsync(Role.Auditor);
        var developer = await _acme.ColleagueAsync(Role.Developer);
        var now = Server.Clock.GetStoredNow();
        await KeyAsync(now.AddDays(6), made: now.AddDays(-90));
        await RunAsync(now);

        Assert.NotEmpty(await _side.ToAsync(await AddressAsync(developer.UserId)));
        Assert.Empty(await _side.ToAsync(await AddressAsync(auditor.UserId)));
    }

    /// <summary>One round at this moment, and what it mails is on its way.</summary>
    private async Task RunAsync(DateTimeOffset at)
    {
        if (at > Server.Clock.Now)
        {
            Server.Clock.AdvanceTo(at);
        }

        await Server.Services.GetRequiredService<ExpiryNotices>().RunAsync(at, CancellationToken.None);
        await _side.FinishAsync();
    }

    private async Task<List<AuthServer.Audit.AuditEventRow>> EventsAsync(string id) => [.. (await Server.TrailAsync(ExpiryEvents.Expiring)).Where(row => row.Target == id)];

    private async Task<string> KeyAsync(DateTimeOffset ends, DateTimeOffset? made = null)
    {
        var agent = Text(await _acme.RegisterAsync(), "id");
        return await Server.QueryAsync(async context =>
        {
            var (key, _) = ApiKey.Create(agent, made ?? Server.Clock.GetStoredNow());
            key.ExpiresAt = ends;
            context.ApiKeys.Add(key);
            await context.SaveChangesAsync();
            return key.Id;
        });
    }

    private Task<string> OwnerAsync() => AddressAsync(_acme.UserId);

    private Task<string> AddressAsync(string userId) => Server.QueryAsync(context => context.Users.Where(user => user.Id == userId).Select(user => user.Email!).SingleAsync());

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
