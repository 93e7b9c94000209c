using System.Net;
using AuthServer.Mail;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts;

public sealed class OwnAccountTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task Ending_everything_ends_every_session_and_token_of_the_person_and_of_nobody_else()
    {
        var (person, other) = (await side.PersonAsync(), await side.PersonAsync());
        using var browser = await BrowserAsync(person);
        (await person.Api.PostAsync("/users/me/end", new { before = side.Server.Clock.Now.AddHours(-1) })).Is(HttpStatusCode.NoContent);
        (await person.Api.GetAsync("/users/me")).Is(HttpStatusCode.OK);
        (await person.Api.PostAsync("/users/me/end", new { before = side.Server.Clock.Now.AddHours(1) })).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await person.Api.PostAsync("/users/me/end")).Is(HttpStatusCode.NoContent);

        (await person.Api.GetAsync("/users/me")).Is(HttpStatusCode.Unauthorized);
        await browser.GoAsync("/account");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        (await other.Api.GetAsync("/users/me")).Is(HttpStatusCode.OK);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await (await person.SignInAsync()).Api.GetAsync("/users/me")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_site_cannot_end_anything_with_the_browsers_cookie()
    {
        var person = await side.PersonAsync();
        using var browser = await BrowserAsync(person);
        foreach (var (site, status) in new[] { ("cross-site", HttpStatusCode.Forbidden), ("same-site", HttpStatusCode.Forbidden), ("same-origin", HttpStatusCode.NoContent) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, "/api/v1/users/me/end"));
            request.Headers.Add("Sec-Fetch-Site", site);
            await browser.SendAsync(request);
            Assert.Equal(status, browser.Response.StatusCode);
        }
    }

    [Fact]
    public async Task A_person_downloads_what_is_kept_of_them_and_nobody_else_does()
    {
        var crew = await side.CrewAsync("Acme");
        var (member, other) = (await crew.JoinedAsync("developer"), await side.PersonAsync());
        using var browser = await BrowserAsync(member);
        var data = (await member.Api.GetAsync($"/users/{member.Id}/data")).Is(HttpStatusCode.OK).Json;

        Assert.Equal(member.Email, data.GetProperty("profile").GetProperty("email").GetString());
        Assert.Equal("Acme", Assert.Single(data.GetProperty("memberships").EnumerateArray()).GetProperty("organization").GetString());
        Assert.Equal(("developer", false), (Assert.Single(data.GetProperty("invitations").EnumerateArray()).GetProperty("role").GetString(), data.GetProperty("profile").GetProperty("isAdministrator").GetBoolean()));
        Assert.Single(data.GetProperty("sessions").EnumerateArray());
        Assert.Contains(data.GetProperty("events").EnumerateArray(), row => row.GetProperty("type").GetString() == "user.registered");
        Assert.DoesNotContain("passwordHash", data.ToString(), StringComparison.OrdinalIgnoreCase);

        // The account page gives the same, as a file.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(side.Server.Address, "/account?handler=Data"));
        await browser.SendAsync(request);
        Assert.Equal("attachment", browser.Response.Content.Headers.ContentDisposition?.DispositionType);
        var file = System.Text.Json.JsonElement.Parse(await browser.Response.Content.ReadAsStringAsync());
        Assert.Equal(member.Email, file.GetProperty("profile").GetProperty("email").GetString());
        Assert.True(System.Text.Json.JsonElement.DeepEquals(data.GetProperty("memberships"), file.GetProperty("memberships")));
        (await other.Api.GetAsync($"/users/{member.Id}/data")).Is(HttpStatusCode.NotFound, "not_found");
        (await crew.Key.GetAsync($"/users/{member.Id}/data")).Is(HttpStatusCode.Unauthorized);
        (await side.Nobody.GetAsync($"/users/{member.Id}/data")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_others_did_to_a_person_is_told_without_whence_they_did_it()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        (await crew.Owner.Api.PatchAsync($"{crew.Path}/members/{member.Id}", new { role = "auditor" })).Is(HttpStatusCode.OK);
        (await side.Nobody.SendAsync(HttpMethod.Post, "/users/login", new { email = member.Email, password = Rest.Password }, ("User-Agent", "tests/1"))).Is(HttpStatusCode.OK);

        var events = (await member.Api.GetAsync($"/users/{member.Id}/data")).Is(HttpStatusCode.OK).Json.GetProperty("events").EnumerateArray().ToList();

        var changed = events.Single(row => row.GetProperty("type").GetString() == "member.changed");
        Assert.Equal(crew.Id, changed.GetProperty("organizationId").GetString());
        Assert.False(changed.TryGetProperty("address", out _));
        Assert.False(changed.TryGetProperty("userAgent", out _));
        var own = events.First(row => row.TryGetProperty("userAgent", out var program) && program.GetString() == "tests/1");
        Assert.True(own.TryGetProperty("address", out _));
    }

    [Fact]
    public async Task A_removed_account_leaves_only_its_bare_id()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        using var key = side.Nobody.As((await member.Api.PostAsync("/developers/api-keys", new { name = "Mine" })).Json.GetProperty("apiKey").GetString());
        await (await side.CrewAsync()).InviteAsync(member.Email);
        await side.Server.QueryAsync(async context =>
        {
            context.Mails.Add(new OutgoingMail { Id = "mail_invitation", Kind = "invitation", Recipient = member.Email, NormalizedRecipient = member.Email.ToUpperInvariant(), CreatedAt = side.Server.Clock.Now });
            return await context.SaveChangesAsync();
        });
        using var browser = await BrowserAsync(member);
        (await member.Api.DeleteAsync("/users/" + member.Id, new { password = Rest.Password })).Is(HttpStatusCode.NoContent);

        (await member.Api.GetAsync("/users/me")).Is(HttpStatusCode.Unauthorized);
        (await key.GetAsync("/developers/me")).Is(HttpStatusCode.Unauthorized);
        await browser.GoAsync("/account");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        (await side.Nobody.PostAsync("/users/login", new { email = member.Email, password = Rest.Password })).Is(HttpStatusCode.Unauthorized);
        Assert.Equal((0, 0, 0, 0, 0), await side.Server.QueryAsync(async context => (
            await context.Users.CountAsync(row => row.Id == member.Id),
            await context.Sessions.CountAsync(row => row.UserId == member.Id),
            await context.Members.CountAsync(row => row.UserId == member.Id),
            await context.Mails.CountAsync(row => row.Recipient == member.Email),
            await context.OrganizationInvitations.CountAsync(row => row.Email == member.Email && row.AcceptedAt == null))));
        Assert.Equal(member.Id, Assert.Single(await side.Server.TrailAsync("user.removed"), row => row.Target == member.Id).Subject);
        var trail = await side.Server.QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Subject == member.Id).ToListAsync());
        Assert.True(trail.Count > 3);
        Assert.All(trail, row => Assert.Null(row.Address));
        Assert.DoesNotContain(member.Email, System.Text.Json.JsonSerializer.Serialize(trail), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_removal_takes_the_password_a_fresh_sign_in_and_the_person_themselves()
    {
        var (person, mallory) = (await side.PersonAsync(), await side.PersonAsync());
        var path = "/users/" + person.Id;
        (await mallory.Api.DeleteAsync(path, new { password = Rest.Password })).Is(HttpStatusCode.NotFound, "not_found");
        (await person.Api.DeleteAsync(path, new { password = "not the password" })).Is(HttpStatusCode.Forbidden, "password");
        (await person.Api.DeleteAsync(path, new { })).Is(HttpStatusCode.Forbidden, "password");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(5));
        (await person.Api.DeleteAsync(path, new { password = Rest.Password })).Is(HttpStatusCode.Forbidden, "sign_in_again");
        var again = await person.SignInAsync();
        (await again.Api.DeleteAsync(path, new { password = Rest.Password })).Is(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task An_owner_hands_the_organization_over_before_they_go()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        (await crew.Owner.Api.DeleteAsync("/users/" + crew.Owner.Id, new { password = Rest.Password })).Is(HttpStatusCode.Conflict, "owner");
        (await crew.Owner.Api.GetAsync("/users/me")).Is(HttpStatusCode.OK);

        // The page says it before it asks for the password, with the way there.
        using var browser = await BrowserAsync(crew.Owner);
        await browser.GoAsync("/account/remove");
        Assert.NotNull(browser.Page.QuerySelector($"main a[href='/developer/settings?organization={crew.Id}']"));
        Assert.Null(browser.Page.QuerySelector("main input[name=Password]"));
        (await crew.Owner.Api.PostAsync(crew.Path + "/transfer", new { userId = member.Id })).Is(HttpStatusCode.OK);
        (await crew.Owner.Api.DeleteAsync("/users/" + crew.Owner.Id, new { password = Rest.Password })).Is(HttpStatusCode.NoContent);
        (await member.Api.GetAsync(crew.Path)).Is(HttpStatusCode.OK);
    }

    private async Task<TestBrowser> BrowserAsync(Somebody person)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(person.Email, Rest.Password);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }
}
