using System.Net;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>An organization is renamed, handed over and closed in a browser.</summary>
public sealed class OrganizationSettingsPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Settings = "/developer/settings";

    [Fact]
    public async Task An_admin_renames_it_unless_somebody_else_did_meanwhile()
    {
        var crew = await side.CrewAsync("Acme AI");
        using var browser = await side.BrowserAsync(crew, "admin");
        using var other = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Settings);
        await other.GoAsync(Settings);
        await browser.SubmitAsync(new() { ["name"] = " \t " }, "Save");
        Assert.Equal(["#name"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["name"] = "Acme <b>" }, "Save");
        Assert.Contains("The name is changed", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Acme <b>", (await crew.Key.GetAsync(crew.Path)).Json.GetProperty("name").GetString());

        await other.SubmitAsync(new() { ["name"] = "Acme Two" }, "Save");
        Assert.Equal("Acme Two", other.Value("name"));
        Assert.Equal("Acme <b>", (await crew.Key.GetAsync(crew.Path)).Json.GetProperty("name").GetString());
        Assert.Contains("Somebody changed it meanwhile", other.Text, StringComparison.Ordinal);
        await other.SubmitAsync(button: "Save");
        await other.AgainAsync();
        Assert.Contains("The name is changed", other.Text, StringComparison.Ordinal);
        Assert.Equal("Acme Two", (await crew.Key.GetAsync(crew.Path)).Json.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("developer", "name")]
    [InlineData("admin", "end")]
    [InlineData("admin", "transfer")]
    [InlineData("admin", "close")]
    public async Task Who_may_not_is_not_asked_and_is_refused(string role, string act)
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew, role);
        await browser.GoAsync($"{Settings}?ask={act}");
        Assert.Equal("Settings", browser.Shown("h1"));
        await browser.SendFormAsync(side, $"{Settings}?organization={crew.Id}", ("act", act), ("name", "Mine"));
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.NotEqual("Mine", (await crew.Key.GetAsync(crew.Path)).Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_owner_hands_it_over_and_is_an_admin_from_then_on()
    {
        var crew = await side.CrewAsync();
        var member = await crew.JoinedAsync("developer");
        using var heir = await side.BrowserAsync(member);
        using var owner = await side.BrowserAsync(crew.Owner);
        await owner.GoAsync(Settings);
        Assert.NotNull(owner.Page.QuerySelector($"#member option[value='{member.Id}']"));
        await owner.GoAsync($"{Settings}?ask=transfer&member={member.Id}");
        await owner.SubmitAsync(button: "Hand it over");
        Assert.Contains("The organization is handed over", owner.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("What only you do", owner.Text, StringComparison.Ordinal);
        await owner.AgainAsync();
        Assert.Contains("The organization is handed over", owner.Text, StringComparison.Ordinal);
        await heir.GoAsync(Settings);
        Assert.Contains("What only you do", heir.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_not_handed_over_to_somebody_whose_account_is_disabled()
    {
        var crew = await side.CrewAsync();
        var (member, other) = (await crew.JoinedAsync("admin"), await crew.JoinedAsync("developer"));
        using var owner = await side.BrowserAsync(crew.Owner);
        await owner.GoAsync($"{Settings}?ask=transfer&member={member.Id}");
        var form = BrowserSide.Form(owner, ("act", "transfer"), ("member", member.Id));
        await side.Server.QueryAsync(context => context.Users.Where(row => row.Id == member.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Disabled, true)));

        await owner.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, $"{Settings}?organization={crew.Id}")) { Content = form });
        Assert.Equal(HttpStatusCode.Conflict, owner.Response.StatusCode);
        Assert.Contains("The account of this member is disabled", owner.Text, StringComparison.Ordinal);
        Assert.Null(owner.Page.QuerySelector($"#member option[value='{member.Id}']"));
        Assert.NotNull(owner.Page.QuerySelector($"#member option[value='{other.Id}']"));
        (await crew.Owner.Api.PostAsync(crew.Path + "/transfer", new { userId = member.Id })).Is(HttpStatusCode.Conflict, "member_disabled");
        await owner.GoAsync($"{Settings}?ask=transfer&member={member.Id}");
        Assert.DoesNotContain("Hand it over", owner.Page.QuerySelectorAll("main button").Select(button => button.TextContent.Trim()));
        await owner.GoAsync($"/developer/members/{member.Id}");
        Assert.DoesNotContain("Hand the organization over", owner.Text, StringComparison.Ordinal);
        await owner.GoAsync(Settings);
        Assert.Contains("What only you do", owner.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_signed_in_long_ago_shows_that_they_are_there_before_it_is_closed()
    {
        var crew = await side.CrewAsync();
        using var owner = await side.BrowserAsync(crew.Owner);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(30));
        await owner.GoAsync(Settings + "?ask=close");
        Assert.Equal("/sign-in", owner.Address.AbsolutePath);
        await owner.SendFormAsync(side, $"{Settings}?organization={crew.Id}", ("act", "close"));
        Assert.Equal("/sign-in", owner.Address.AbsolutePath);
        (await crew.Key.GetAsync(crew.Path)).Is(HttpStatusCode.OK);

        await owner.SignInAsync(crew.Owner.Email, Rest.Password);
        Assert.StartsWith("Close ", owner.Shown("h1"), StringComparison.Ordinal);
        await owner.SubmitAsync(button: "Close it for good");
        Assert.Contains("The organization is closed", owner.Text, StringComparison.Ordinal);
        (await crew.Key.GetAsync(crew.Path)).Is(HttpStatusCode.Unauthorized);

        await owner.SendFormAsync(side, $"{Settings}?organization={crew.Id}", ("act", "close"));
        Assert.Contains("The organization is closed", owner.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_tokens_of_its_agents_end_by_one_press()
    {
        var crew = await side.CrewAsync();
        using var owner = await side.BrowserAsync(crew.Owner);
        await owner.GoAsync(Settings + "?ask=end");
        await owner.SubmitAsync(button: "End them");
        Assert.Contains("All tokens of its agents are ended", owner.Text, StringComparison.Ordinal);
        await owner.GoAsync("/developer/trail?kind=token");
        Assert.Contains("Token: revoked", owner.Text, StringComparison.Ordinal);
    }
}
