using System.Net;
using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Consents;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Consents;

/// <summary>What people have let agents do: read and taken back by API, and what becomes of it when they leave.</summary>
public sealed class OwnConsentsTests(AgentSide side) : IClassFixture<AgentSide>
{
    [Fact]
    public async Task A_person_may_write_ids_as_UUIDs()
    {
        var (tokens, _, userId) = await side.ConsentedAsync();
        using var person = await SignInAsync(userId);
        var (path, id) = ($"/users/{Uuid("usr_", userId)}/consents", await ConsentOfAsync(person, userId));

        Assert.Equal(id, Text(Assert.Single((await person.GetAsync(path)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()), "id"));
        (await person.PostAsync($"{path}/{Uuid("con_", id)}/revoke")).Is(HttpStatusCode.NoContent);

        Assert.False(await IsAllowedAsync(tokens));
        (await person.PostAsync($"{path}/{id}/revoke")).Is(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Nobody_sees_or_takes_back_the_consents_of_another()
    {
        var (tokens, _, userId) = await side.ConsentedAsync();
        var (_, _, otherId) = await side.ConsentedAsync();
        using var other = await SignInAsync(otherId);
        using var person = await SignInAsync(userId);
        var id = await ConsentOfAsync(person, userId);

        foreach (var written in new[] { userId, Uuid("usr_", userId), "", "nobody" })
        {
            (await other.GetAsync($"/users/{written}/consents")).Is(HttpStatusCode.NotFound);
            (await other.PostAsync($"/users/{written}/consents/{id}/revoke")).Is(HttpStatusCode.NotFound);
        }

        (await other.PostAsync($"/users/{otherId}/consents/{id}/revoke")).Is(HttpStatusCode.NotFound);
        Assert.True(await IsAllowedAsync(tokens));
    }

    [Fact]
    public async Task Of_many_who_take_a_consent_back_at_once_one_is_told()
    {
        var (_, _, userId) = await side.ConsentedAsync();
        using var person = await SignInAsync(userId);
        var id = await ConsentOfAsync(person, userId);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => person.PostAsync($"/users/{userId}/consents/{id}/revoke")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.NoContent);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.NoContent or HttpStatusCode.NotFound, answer.Text));
        var told = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.ConsentRevoked), row => row.Target == id);
        Assert.Equal((side.ClientId, side.AgentId), (told.ClientId, told.AgentId));
    }

    [Fact]
    public async Task An_account_that_is_removed_takes_its_consents_and_all_their_tokens_with_it()
    {
        var (tokens, _, userId) = await side.ConsentedAsync();
        var (others, _, _) = await side.ConsentedAsync();
        using var person = await SignInAsync(userId);
        Assert.True(await IsAllowedAsync(tokens));

        (await person.DeleteAsync("/users/" + userId, new { password = Flows.Password })).Is(HttpStatusCode.NoContent);

        Assert.False(await IsAllowedAsync(tokens));
        Assert.True(await IsAllowedAsync(others));
        using var refreshed = await Flows.TokenAsync(
            side.Server, side.ClientId, side.ClientSecret, ("grant_type", "refresh_token"), ("refresh_token", Text(tokens, "refreshToken")));
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
        Assert.Equal((0, 0, 0), await side.Server.QueryAsync(async context => (
            await context.Consents.CountAsync(row => row.Subject == userId),
            await context.Authorizations.CountAsync(row => row.Subject == userId && row.Status == "valid"),
            await context.Tokens.CountAsync(row => row.Subject == userId))));
    }

    [Fact]
    public async Task An_erasure_that_was_cut_short_is_finished_later()
    {
        var (_, _, userId) = await side.ConsentedAsync();
        var now = side.Server.Clock.Now;
        var removed = new AuditEvent
        {
            Id = Identifiers.New("aud_", now),
            At = now,
            Type = AuditEventTypes.UserRemoved,
            Outcome = AuditOutcomes.Success,
            Subject = userId,
            Target = userId,
            Address = "192.0.2.7",
        };
        var email = await EmailAsync(userId);
        Assert.Equal(PersonRemoval.Done, await side.Server.Services.GetRequiredService<Closings>().TryRemovePersonAsync(userId, email, [], removed, CancellationToken.None));
        Assert.Contains(await TrailAsync(userId), row => row.Address is not null);

        await side.Server.Services.GetRequiredService<AuditErasure>().FinishAsync(now.AddDays(-1), CancellationToken.None);

        var trail = await TrailAsync(userId);
        Assert.True(trail.Count > 3);
        Assert.All(trail, row => Assert.Equal((null, null, null, null), (row.Address, row.UserAgent, row.Personal, row.Salt)));
    }

    [Fact]
    public async Task An_agent_is_introduced_by_what_it_did_lately_however_long_the_persons_trail_is()
    {
        var agents = side.Server.Services.GetRequiredService<AgentIntroductions>();
        var (_, _, userId) = await side.ConsentedAsync();
        var other = await side.Organization.RegisterAsync();
        var before = (await agents.OfAsync(side.AgentId, userId, CancellationToken.None))!;
        Assert.Equal((1, 0, false), (before.Before!.Allowed, before.Before.Refused, before.IsNew));
        Assert.True((await agents.OfAsync(Text(other, "id"), userId, CancellationToken.None)) is { Before: null, IsNew: true });

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Server.QueryAsync(context =>
        {
            context.AuditEvents.AddRange(Enumerable.Range(0, 2000).Select(_ => AuditEventRow.From(new AuditEvent
            {
                Id = Identifiers.New("aud_", side.Server.Clock.Now),
                At = side.Server.Clock.Now,
                Type = AuditEventTypes.TokenVerified,
                Outcome = AuditOutcomes.Success,
                Subject = userId,
            })));
            return context.SaveChangesAsync();
        });

        Assert.True((await agents.OfAsync(side.AgentId, userId, CancellationToken.None)) is { Before: null, IsNew: false });
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(await EmailAsync(userId), Flows.Password);
        await browser.GoAsync(Text(await side.FileAsync(userId, ("requestedScopes", new System.Text.Json.Nodes.JsonArray("profile:read"))), "consentUrl"));
        Assert.Contains("It has done nothing for you lately.", browser.Text, StringComparison.Ordinal);
    }

    private static string Uuid(string prefix, string id) => Identifiers.ToUuid(prefix, id)!.Value.ToString();

    private static async Task<string> ConsentOfAsync(Rest person, string userId) =>
        Text(Assert.Single((await person.GetAsync($"/users/{userId}/consents")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()), "id");

    private Task<List<AuditEventRow>> TrailAsync(string userId) =>
        side.Server.QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Subject == userId).ToListAsync());

    private async Task<bool> IsAllowedAsync(JsonElement tokens) =>
        (await side.VerifyAsync(Text(tokens, "accessToken"), ["email:read"])).GetProperty("allowed").GetBoolean();

    private Task<string> EmailAsync(string userId) =>
        side.Server.QueryAsync(context => context.Users.Where(user => user.Id == userId).Select(user => user.Email!).SingleAsync());

    private async Task<Rest> SignInAsync(string userId)
    {
        using var nobody = new Rest(side.Server);
        var answer = (await nobody.PostAsync("/users/login", new { email = await EmailAsync(userId), password = Flows.Password })).Is(HttpStatusCode.OK);
        return nobody.As(answer.Json.GetProperty("token").GetString());
    }
}
