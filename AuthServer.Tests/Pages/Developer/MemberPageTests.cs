using System.Net;
using AuthServer.Accounts;
using AuthServer.Certificates;
using AuthServer.Data;
using AuthServer.Mail;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>Who is in an organization: invited, changed, removed, and how they leave.</summary>
public sealed class MemberPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string All = "/developer/members";

    [Fact]
    public async Task Somebody_is_invited_by_a_link_that_is_shown_once_and_joins_by_it()
    {
        var (crew, guest) = (await side.CrewAsync("Acme <i>"), await side.PersonAsync());
        using var browser = await side.BrowserAsync(crew, "admin");
        await browser.GoAsync(All);
        await browser.SubmitAsync(new() { ["email"] = guest.Email, ["role"] = "auditor" }, "Invite");
        var link = browser.Page.GetElementById("link")!.TextContent;
        Assert.Contains("/register?join=", link, StringComparison.Ordinal);
        await browser.GoAsync(All);
        Assert.DoesNotContain(link, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Contains(guest.Email, browser.Shown(".ways"), StringComparison.Ordinal);

        using var joining = await side.BrowserAsync(guest);
        await joining.GoAsync(new Uri(link).PathAndQuery);
        await joining.SubmitAsync(button: "Join");
        await joining.GoAsync(All);
        Assert.Contains("Admins invite and remove members.", joining.Text, StringComparison.Ordinal);
        Assert.Equal(3, joining.Page.QuerySelectorAll("tbody tr").Length);
    }

    [Fact]
    public async Task An_invitation_that_is_not_mailed_says_so_and_shows_its_link()
    {
        await using var mail = await MailSide.StartAsync();
        using var nobody = new Rest(mail.Server);
        var registered = await nobody.RegisterDeveloperAsync("Acme");
        using var key = nobody.As(registered.GetProperty("apiKey").GetString());
        using var browser = await mail.SignInAsync(registered.GetProperty("developer").GetProperty("email").GetString()!, Rest.Password);
        for (var i = 1; i <= Mails.MostInAnHour + 1; i++)
        {
            await browser.GoAsync(All);
            await browser.SubmitAsync(new() { ["email"] = "guest@example.com", ["role"] = "auditor" }, "Invite");
            Assert.Equal(i <= Mails.MostInAnHour, browser.Text.Contains("A mail with the link is on its way", StringComparison.Ordinal));
        }

        Assert.Contains("this address was sent many invitations within an hour. Pass the link on yourself.", browser.Text, StringComparison.Ordinal);
        Assert.Contains("/register?join=", browser.Page.GetElementById("link")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(Mails.MostInAnHour, (await mail.ToAsync("guest@example.com")).Length);
        var path = $"/organizations/{registered.GetProperty("organization").GetProperty("id").GetString()}/invitations";
        Assert.False((await key.PostAsync(path, new { email = "guest@example.com" })).Is(HttpStatusCode.Created).Json.GetProperty("mailed").GetBoolean());
        Assert.True((await key.PostAsync(path, new { email = "other@example.com" })).Is(HttpStatusCode.Created).Json.GetProperty("mailed").GetBoolean());
    }

    [Fact]
    public async Task An_invitation_is_taken_back_or_expires_and_is_given_again()
    {
        var crew = await side.CrewAsync();
        await crew.InviteAsync("one@example.com");
        using (var browser = await side.BrowserAsync(crew.Owner))
        {
            await browser.GoAsync(All);
            await browser.SubmitAsync(button: "Take it back");
            Assert.Contains("The invitation is taken back", browser.Text, StringComparison.Ordinal);
            Assert.Contains("one@example.com Taken back", browser.Shown(".ways"), StringComparison.Ordinal);
            await crew.InviteAsync("two@example.com", "admin");
        }

        side.Server.Clock.Advance(TimeSpan.FromDays(8));
        using var later = await side.BrowserAsync(crew.Owner);
        await later.GoAsync(All);
        Assert.Contains("two@example.com Expired Nobody answered until", later.Shown(".ways"), StringComparison.Ordinal);
        Assert.Contains("Taken back on", later.Shown(".ways"), StringComparison.Ordinal);
        await later.GoAsync(later.Page.QuerySelectorAll(".ways li").Single(row => row.TextContent.Contains("two@example.com", StringComparison.Ordinal)).QuerySelector("a")!.GetAttribute("href")!);
        Assert.Equal("two@example.com", later.Value("email"));
        Assert.Equal("admin", later.Page.QuerySelector("input[name=role][checked]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task A_role_is_changed_and_nobody_rises_above_who_changes_it()
    {
        var crew = await side.CrewAsync();
        var (member, admin) = (await crew.JoinedAsync("developer"), await crew.JoinedAsync("admin"));
        using var browser = await side.BrowserAsync(admin);
        await browser.GoAsync($"{All}/{member.Id}");
        await browser.SubmitAsync(new() { ["role"] = "auditor" }, "Change the role");
        Assert.Contains("The role is changed", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["role"] = "owner" }, "Change the role");
        Assert.Equal(["#role"], browser.FaultyFields());
        await browser.GoAsync($"{All}/{crew.Owner.Id}");
        Assert.Empty(browser.Page.QuerySelectorAll("main form"));
        foreach (var act in new[] { "role", "remove" })
        {
            await browser.SendFormAsync(side, $"{All}/{crew.Owner.Id}?organization={crew.Id}", ("act", act), ("role", "auditor"));
            Assert.Contains("The owner stays", browser.Text, StringComparison.Ordinal);
        }

        using var low = await side.BrowserAsync(member);
        await low.GoAsync(All);
        Assert.Empty(low.Page.QuerySelectorAll("main form"));
        await low.SendFormAsync(side, $"{All}?organization={crew.Id}", ("act", "invite"), ("email", "x@example.com"), ("role", "auditor"));
        Assert.Equal(HttpStatusCode.Forbidden, low.Response.StatusCode);
        await low.SendFormAsync(side, $"{All}/{admin.Id}?organization={crew.Id}", ("act", "role"), ("role", "auditor"));
        Assert.Equal(HttpStatusCode.Forbidden, low.Response.StatusCode);
        await low.SendFormAsync(side, $"{All}/{admin.Id}?organization={crew.Id}", ("act", "remove"));
        Assert.Equal(HttpStatusCode.Forbidden, low.Response.StatusCode);
    }

    [Fact]
    public async Task Whoever_removes_a_member_is_told_what_ends_and_members_may_leave()
    {
        var crew = await side.CrewAsync();
        var (member, leaver) = (await crew.JoinedAsync("admin"), await crew.JoinedAsync("developer"));
        (await member.Api.PostAsync(crew.Path + "/invitations", new { email = "z@example.com" })).Is(HttpStatusCode.Created);
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"{All}/{member.Id}?ask=remove");
        Assert.Contains("1 invitation that they gave is taken back.", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Remove them");
        Assert.Contains("The member is removed", browser.Text, StringComparison.Ordinal);
        await browser.SendFormAsync(side, $"{All}/{member.Id}?organization={crew.Id}", ("act", "remove"));
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);

        using var leaving = await side.BrowserAsync(leaver);
        await leaving.GoAsync($"{All}/{leaver.Id}?ask=remove");
        await leaving.SubmitAsync(button: "Leave it");
        Assert.Contains("You are in no organization", leaving.Text, StringComparison.Ordinal);
        Assert.Single((await crew.Key.GetAsync(crew.Path + "/members")).Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Whoever_lowers_a_role_is_asked_first_where_something_ends_with_it()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        await MakeAsync(crew, member);
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"{All}/{member.Id}");
        await browser.SubmitAsync(new() { ["role"] = "auditor" }, "Change the role");
        Assert.Contains("to Auditor?", browser.Shown("h1"), StringComparison.Ordinal);
        foreach (var ends in new[] { "1 developer key that they made ends.", "1 certificate that they made ends.", "1 webhook that they made is disabled.", "1 invitation that they gave is taken back." })
        {
            Assert.Contains(ends, browser.Text, StringComparison.Ordinal);
        }

        Assert.Equal((Role.Admin, 0), (await RoleAsync(crew, member), await EndedAsync(member)));
        await browser.SubmitAsync(button: "Change the role");
        Assert.Contains("The role is changed", browser.Text, StringComparison.Ordinal);
        Assert.Equal((Role.Auditor, 3), (await RoleAsync(crew, member), await EndedAsync(member)));

        // Nothing more ends with another role.
        await browser.SubmitAsync(new() { ["role"] = "developer" }, "Change the role");
        Assert.Contains("The role is changed", browser.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auditor", 4)]
    [InlineData("removed", 5)]
    [InlineData("disabled", 5)]
    public async Task Each_key_and_certificate_that_ends_with_its_maker_is_told_in_the_trail(string then, int ends)
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        await MakeAsync(crew, member);
        if (then == "disabled")
        {
            var why = AuditEvent.Of(AccountEvents.Disabled, AuditOutcomes.Success, side.Server.Clock.Now) with { Target = member.Id };
            await side.Server.Services.GetRequiredService<PersonStates>().DisableAsync(member.Id, why, default);
        }
        else
        {
            var path = $"{crew.Path}/members/{member.Id}";
            (await (then == "removed" ? crew.Owner.Api.DeleteAsync(path) : crew.Owner.Api.PatchAsync(path, new { role = then }))).Is(then == "removed" ? HttpStatusCode.NoContent : HttpStatusCode.OK);
        }

        var (ended, told) = await side.Server.QueryAsync(async context => (
            await context.DeveloperKeys.Where(row => row.UserId == member.Id && row.RevokedAt != null).Select(row => row.Id)
                .Concat(context.Certificates.Where(row => row.UserId == member.Id && row.RevokedAt != null).Select(row => row.Id)).ToListAsync(),
            await context.AuditEvents.Where(row => row.OrganizationId == crew.Id && row.Reason == "maker_gone"
                && (row.Type == OrganizationEvents.KeyRevoked || row.Type == CertificateEvents.Revoked)).Select(row => row.Target).ToListAsync()));
        Assert.Equal(ends, told.Count);
        Assert.Equal(ended.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_form_from_before_another_change_of_the_role_undoes_nothing_and_says_so(bool isAsked)
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        if (isAsked)
        {
            await MakeAsync(crew, member);
        }

        using var old = await side.BrowserAsync(crew.Owner);
        await old.GoAsync($"{All}/{member.Id}" + (isAsked ? "?ask=role&role=developer" : ""));
        Assert.Equal(isAsked, old.Shown("h1").Contains("to Developer?", StringComparison.Ordinal));
        await ChangeAsync("auditor");
        await old.SubmitAsync(button: "Change the role");
        Assert.Contains("Somebody changed it meanwhile", old.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("The role is changed", old.Text, StringComparison.Ordinal);
        Assert.Equal(Role.Auditor, await RoleAsync(crew, member));

        // Who has seen it may mean it still; what they chose stands there.
        await old.SubmitAsync(button: "Change the role");
        Assert.Contains("The role is changed", old.Text, StringComparison.Ordinal);
        Assert.Equal(isAsked ? Role.Developer : Role.Admin, await RoleAsync(crew, member));

        async Task ChangeAsync(string role) => (await crew.Key.PatchAsync($"{crew.Path}/members/{member.Id}", new { role })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_second_press_of_the_same_form_finds_the_role_changed()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"{All}/{member.Id}");
        await browser.SubmitAsync(new() { ["role"] = "auditor" }, "Change the role");
        await browser.AgainAsync();
        Assert.Contains("The role is changed", browser.Text, StringComparison.Ordinal);
        Assert.Equal(Role.Auditor, await RoleAsync(crew, member));
    }

    [Fact]
    public async Task The_question_before_a_removal_counts_what_can_still_be_used()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("admin");
        await MakeAsync(crew, member);
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"{All}/{member.Id}?ask=remove");
        Assert.Contains("2 developer keys that they made end.", browser.Text, StringComparison.Ordinal);
        Assert.Contains("1 certificate that they made ends.", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invitations_that_wait_are_listed_newest_first_and_all_of_them()
    {
        var (crew, now) = (await side.CrewAsync(), side.Server.Clock.Now);
        await side.Server.QueryAsync(context =>
        {
            context.OrganizationInvitations.AddRange(Enumerable.Range(0, 51).Select(i => new OrganizationInvitation
            {
                Id = Identifiers.New("inv_", now.AddSeconds(i)),
                OrganizationId = crew.Id,
                Email = $"guest-{i}@example.com",
                Role = Role.Auditor,
                TokenHash = Guid.NewGuid().ToString("N"),
                InvitedBy = crew.Owner.Id,
                CreatedAt = now,
                ExpiresAt = now.AddDays(7),
            }));
            return context.SaveChangesAsync();
        });
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(All);
        var shown = browser.Page.QuerySelectorAll(".ways .way-name").Select(one => one.TextContent.Trim()).ToList();
        Assert.Equal(("guest-50@example.com", 50), (shown[0], shown.Count));
        Assert.Contains("51 wait for an answer", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector("#invitations ~ nav a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal("guest-0@example.com", browser.Shown(".ways .way-name"));
        await browser.SubmitAsync(button: "Take it back");
        Assert.Contains("The invitation is taken back", browser.Text, StringComparison.Ordinal);
        Assert.True(await side.Server.QueryAsync(context => context.OrganizationInvitations.AnyAsync(row => row.Email == "guest-0@example.com" && row.RevokedAt != null)));
    }

    [Fact]
    public async Task The_owner_hands_over_to_a_member_on_that_members_page()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("auditor");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"{All}/{member.Id}");
        await browser.GoAsync(browser.Page.QuerySelectorAll("main a").Single(link => link.TextContent == "Hand the organization over to them…").GetAttribute("href")!);
        await browser.SubmitAsync(button: "Hand it over");
        Assert.Equal(Role.Owner, await RoleAsync(crew, member));
        await browser.GoAsync($"{All}/{crew.Owner.Id}");
        Assert.DoesNotContain("Hand the organization over", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_of_others_are_not_there()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        using var stranger = await side.BrowserAsync(other.Owner);
        foreach (var page in new[] { $"{All}?organization={crew.Id}", $"{All}/{crew.Owner.Id}", $"{All}/{crew.Owner.Id}?organization={other.Id}", $"{All}/nonsense" })
        {
            Assert.Equal("NotFound", await stranger.StatusAsync(page));
        }

        await stranger.SendFormAsync(side, $"{All}/{crew.Owner.Id}?organization={other.Id}", ("act", "remove"));
        Assert.Equal("/developer/members", stranger.Address.AbsolutePath);
        Assert.Single((await crew.Key.GetAsync(crew.Path + "/members")).Json.GetProperty("data").EnumerateArray());
    }

    /// <summary>Makes an admin's key, an auditor's, one that has expired, certificates of which one can be used, a webhook and an invitation.</summary>
    private async Task MakeAsync(Crew crew, Somebody member)
    {
        var now = side.Server.Clock.Now;
        (await member.Api.PostAsync("/webhooks", new { url = "https://hooks.example/", events = new[] { "agent.created" } })).Is(HttpStatusCode.Created);
        (await member.Api.PostAsync(crew.Path + "/invitations", new { email = $"{Guid.NewGuid():N}@example.com" })).Is(HttpStatusCode.Created);
        DeveloperKey Key(Role role, DateTimeOffset? end) => new()
        {
            Id = Identifiers.New("key_", now),
            OrganizationId = crew.Id,
            UserId = member.Id,
            Name = "Key",
            Role = role,
            Hint = "ag_abcd",
            Hash = Guid.NewGuid().ToString("N"),
            CreatedAt = now.AddDays(-9),
            ExpiresAt = end,
        };
        Certificate Signed(DateTimeOffset end) => new()
        {
            Id = Identifiers.New(Certificate.IdPrefix, now),
            OrganizationId = crew.Id,
            UserId = member.Id,
            Name = "Certificate",
            Role = Role.Developer,
            PublicKey = "none",
            ModulusLength = 2048,
            CreatedAt = now.AddDays(-9),
            ExpiresAt = end,
        };
        await side.Server.QueryAsync(context =>
        {
            context.DeveloperKeys.AddRange(Key(Role.Admin, null), Key(Role.Auditor, null), Key(Role.Admin, now.AddDays(-1)));
            context.Certificates.AddRange(Signed(now.AddDays(30)), Signed(now.AddDays(-1)));
            return context.SaveChangesAsync();
        });
    }

    private Task<Role> RoleAsync(Crew crew, Somebody member) => side.Server.QueryAsync(context =>
        context.Members.Where(row => row.OrganizationId == crew.Id && row.UserId == member.Id).Select(row => row.Role).SingleAsync());

    /// <summary>How many of the keys and certificates that could still be used were revoked, and webhooks disabled.</summary>
    private Task<int> EndedAsync(Somebody member) => side.Server.QueryAsync(async context =>
    {
        var now = side.Server.Clock.Now;
        return await context.DeveloperKeys.CountAsync(row => row.UserId == member.Id && row.RevokedAt != null && row.ExpiresAt == null)
            + await context.Certificates.CountAsync(row => row.UserId == member.Id && row.RevokedAt != null && row.ExpiresAt > now)
            + await context.Webhooks.CountAsync(row => row.CreatedBy == member.Id && !row.Enabled);
    });
}
