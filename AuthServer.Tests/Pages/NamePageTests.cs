using System.Net;
using AuthServer.Accounts;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

/// <summary>People say what they are called.</summary>
public sealed class NamePageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Page = "/account/name";

    [Fact]
    public async Task A_person_changes_their_name_and_pages_members_and_the_trail_know()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        await browser.SubmitAsync(new() { ["Name"] = "  Grace 🙂 <b>Hopper  " }, "Save");
        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.Contains("Your name is changed", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Grace 🙂 <b>Hopper", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/developer/members");
        Assert.Contains("Grace 🙂 <b>Hopper", browser.Text, StringComparison.Ordinal);

        await browser.GoAsync(Page);
        await browser.SubmitAsync(new() { ["Name"] = " " }, "Save");
        await browser.GoAsync(Page);
        Assert.True(string.IsNullOrEmpty(browser.Value("Name")));
        await browser.SubmitAsync(button: "Save");
        var told = await side.Server.QueryAsync(context => context.AuditEvents.Where(row => row.Type == AccountEvents.NameChanged && row.Subject == crew.Owner.Id).ToListAsync());
        Assert.Equal(2, told.Count);
        Assert.All(told, row => Assert.DoesNotContain("Hopper", row.Detail ?? "", StringComparison.Ordinal));
        await browser.GoAsync("/dashboard/activity");
        Assert.Contains("Name changed", browser.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(201, 'x')]
    [InlineData(3, '\u0001')]
    public async Task A_name_that_is_none_is_kept_and_refused_at_its_field(int length, char letter)
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        await browser.SubmitAsync(new() { ["Name"] = "a" + new string(letter, length) }, "Save");
        Assert.Contains("Use at most 200 visible characters on one line.", browser.Text, StringComparison.Ordinal);
        Assert.NotNull(browser.Page.QuerySelector("input[name=Name][aria-invalid=true]"));
        Assert.StartsWith("a", browser.Value("Name"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("\u2800\u2800")]
    [InlineData("\u3164")]
    [InlineData("\u00AD\uFEFF")]
    [InlineData(" \u2060 ")]
    [InlineData("\u200D")]
    [InlineData("\uFE0F\u034F")]
    public async Task A_name_that_shows_nothing_is_none_wherever_it_is_given(string name)
    {
        const string wrong = "Use at most 200 visible characters on one line.";
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Page);
        await browser.SubmitAsync(new() { ["Name"] = name }, "Save");
        Assert.Contains(wrong, browser.Text, StringComparison.Ordinal);
        Assert.NotNull(browser.Page.QuerySelector("input[name=Name][aria-invalid=true]"));

        using var newcomer = new TestBrowser(side.Server);
        await newcomer.GoAsync("/register");
        await newcomer.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Name"] = name, ["Password"] = Rest.Password });
        Assert.Equal("/register", newcomer.Address.AbsolutePath);
        Assert.Contains(wrong, newcomer.Text, StringComparison.Ordinal);

        (await side.Nobody.PostAsync("/users/register", new { email = $"{Guid.NewGuid():N}@example.com", name, password = Rest.Password })).Is(HttpStatusCode.BadRequest, "invalid_request");
        (await crew.Key.PatchAsync(crew.Path, new { name })).Is(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task What_the_configuration_says_is_not_the_persons_to_change()
    {
        await using var server = await Flows.StartAsync();
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.GoAsync(Page);
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.Contains("sets it anew at each start", browser.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("input[name=Name]"));
    }
}
