using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Specs;

/// <summary>What people do in a browser is in the trail: who, what, to what, from where, how it ended.</summary>
public sealed class BrowserTrailTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    public async Task A_sign_in_a_consent_a_code_and_a_sign_out_each_leave_an_event()
    {
        using var browser = await NewcomerAsync();
        var subject = await BrowserSide.SubjectAsync(browser);
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect, ("scope", "openid profile"), ("resource", Flows.Api));
        await AllowAsync(browser);
        var answer = BrowserSide.Answer(browser);
        var sid = await side.Server.QueryAsync(context => context.Sessions.Where(session => session.UserId == subject).Select(session => session.Id).SingleAsync());
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.GoAsync("/connect/endsession?client_id=web");
        await browser.SubmitAsync(button: "Sign out");

        var trail = await OfAsync(subject);
        Assert.Equal(["user.registered", "user.signed_in"], trail.Take(2).Select(row => row.Type).Order());
        Assert.Equal(["consent.granted", "authorization_code.issued", "user.signed_out"], trail.Skip(2).Select(row => row.Type));
        Assert.All(trail, row =>
        {
            Assert.Equal("success", row.Outcome);
            Assert.False(string.IsNullOrEmpty(row.Address));
            Assert.False(string.IsNullOrEmpty(row.CorrelationId));
            Assert.StartsWith("aud_", row.Id, StringComparison.Ordinal);
        });
        Assert.Equal(sid, trail.Single(row => row.Type == "user.signed_in").Target);
        Assert.Equal("web", trail[2].ClientId);
        Assert.StartsWith("con_", trail[2].Target, StringComparison.Ordinal);
        using var detail = JsonDocument.Parse(trail[2].Detail!);
        Assert.Equal("openid profile", detail.RootElement.GetProperty("scope").GetString());
        Assert.Equal(Flows.Api, detail.RootElement.GetProperty("resource")[0].GetString());
        Assert.StartsWith("fam_", trail[3].Target, StringComparison.Ordinal);
        Assert.Equal("web", trail[4].ClientId);
        Assert.Equal(sid, trail[4].Target);
        Assert.DoesNotContain(trail, row => JsonSerializer.Serialize(row).Contains(answer["code"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_is_one_event_and_grants_nothing()
    {
        using var browser = await NewcomerAsync();
        var subject = await BrowserSide.SubjectAsync(browser);
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        await browser.SubmitAsync(button: "Deny");

        var denied = (await OfAsync(subject))[^1];
        Assert.Equal(("consent.denied", "denied", "web"), (denied.Type, denied.Outcome, denied.ClientId));
        Assert.Equal(0, await side.Server.QueryAsync(context => context.Authorizations.CountAsync(row => row.Subject == subject)));
    }

    [Fact]
    public async Task A_refused_sign_in_is_an_event_of_a_known_person_and_a_count_of_anybody_else()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using var browser = await NewcomerAsync(email);
        var subject = await BrowserSide.SubjectAsync(browser);
        var counted = await CountAsync("sign_in");
        using var stranger = side.Browser();
        await stranger.GoAsync("/sign-in");
        await stranger.SignInAsync(email, "a wrong password");
        await stranger.SignInAsync("nobody@example.com", "a wrong password");

        var refused = (await OfAsync(subject))[^1];
        Assert.Equal(("user.sign_in_refused", "denied", "password"), (refused.Type, refused.Outcome, refused.Reason));
        Assert.Equal(counted + 1, await CountAsync("sign_in"));
    }

    [Fact]
    public async Task A_change_of_password_and_a_failed_one_are_events()
    {
        using var browser = await NewcomerAsync();
        var subject = await BrowserSide.SubjectAsync(browser);
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = "a wrong password", ["Wanted"] = "seventeen purple umbrellas sing" });
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.SubmitAsync(new() { ["Present"] = Flows.Password, ["Wanted"] = "seventeen purple umbrellas sing" });

        var trail = (await OfAsync(subject)).Where(row => row.Type == "user.password_changed").Select(row => (row.Outcome, row.Reason));
        Assert.Equal([("denied", "password"), ("success", null)], trail);
        Assert.Contains(await OfAsync(subject), row => row is { Type: "token.revoked", Reason: "password_changed" });
    }

    [Fact]
    public async Task Faulty_requests_before_anybody_is_known_are_counted_not_stored()
    {
        var events = await side.Server.QueryAsync(context => context.AuditEvents.CountAsync());
        var counted = await CountAsync("unknown_client");
        using var browser = side.Browser();
        for (var i = 0; i < 3; i++)
        {
            await browser.GoAsync(Flows.AuthorizeUrl("nobody", Flows.WebRedirect));
        }

        Assert.Equal(counted + 3, await CountAsync("unknown_client"));
        Assert.Equal(events, await side.Server.QueryAsync(context => context.AuditEvents.CountAsync()));
    }

    [Fact]
    [Trait("negative", "57")]
    public async Task What_a_browser_calls_itself_cannot_write_lines_into_the_trail()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/sign-in"))
        {
            Content = BrowserSide.Form(browser, ("Email", "x\r\nInformation forged line"), ("Password", "y\nforged line")),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "forged line " + new string('u', 500));
        await browser.SendAsync(request);

        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains("forged line", StringComparison.Ordinal));
    }

    /// <summary>Events of one millisecond have no order.</summary>
    private async Task<TestBrowser> NewcomerAsync(string? email = null)
    {
        var browser = await side.NewcomerAsync(email);
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        return browser;
    }

    private async Task AllowAsync(TestBrowser browser)
    {
        using var steps = side.Steps(browser);
        using var allowed = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("decision", "allow"), ("scope", "profile")));
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.GoAsync(allowed.Headers.Location!.OriginalString);
    }

    private Task<List<AuditEventRow>> OfAsync(string subject) =>
        side.Server.QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Subject == subject).OrderBy(row => row.Id).ToListAsync());

    private async Task<int> CountAsync(string kind)
    {
        await side.Server.Services.GetRequiredService<Refusals>().FlushAsync(CancellationToken.None);
        return await side.Server.QueryAsync(context => context.RefusalCounts.Where(row => row.Kind == kind).SumAsync(row => row.Count));
    }
}
