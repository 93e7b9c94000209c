using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>Developer keys, as an organization's admins make and revoke them in a browser.</summary>
public sealed class DeveloperKeyPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string All = "/developer/keys";

    [Fact]
    public async Task An_admin_makes_a_key_that_works_takes_it_away_and_revokes_it()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew, "admin");
        await browser.GoAsync(All);
        await browser.SubmitAsync(new() { ["name"] = " ", ["expiresAt"] = "2001-01-01" }, "Make the key");
        Assert.Contains("#name", browser.FaultyFields());
        await browser.SubmitAsync(new() { ["name"] = "CI <b>é🙂", ["expiresAt"] = "2001-01-01" }, "Make the key");
        Assert.Equal(["#expiresat"], browser.FaultyFields());
        Assert.Equal("CI <b>é🙂", browser.Value("name"));
        await browser.SubmitAsync(new() { ["expiresAt"] = "", ["role"] = "auditor" }, "Make the key");
        browser.IsOk();
        var secret = browser.Page.GetElementById("secret")!.TextContent;
        Assert.StartsWith("ag_", secret, StringComparison.Ordinal);
        Assert.DoesNotContain("ag_", browser.Address.ToString(), StringComparison.Ordinal);
        using var program = side.Nobody.As(secret);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/developers/me")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PostAsync("/agents", OrganizationSide.Agent())).Status);
        var link = browser.Page.QuerySelector(".decision a.button")!.GetAttribute("href")!;
        await browser.SubmitAsync(button: "Download it as a file");
        Assert.Contains($"AUTHSERVER_DEVELOPER_KEY={secret}\n", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await browser.GoAsync(link);
        Assert.DoesNotContain(secret, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        var row = browser.Page.QuerySelectorAll("tbody tr").Single(row => row.TextContent.Contains("CI <b>é🙂", StringComparison.Ordinal));
        var revoke = row.QuerySelector("a")!.GetAttribute("href")!;
        await browser.GoAsync(revoke);
        await browser.SubmitAsync(button: "Revoke it");
        Assert.Contains("The key is revoked", browser.Text, StringComparison.Ordinal);
        Assert.Contains("CI <b>é🙂", browser.Shown("section[aria-labelledby=ended]"), StringComparison.Ordinal);
        Assert.Contains("Revoked on", browser.Shown("section[aria-labelledby=ended]"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/developers/me")).Status);

        // A link to it that was kept leads to the list that tells of its end; a second press does no harm.
        await browser.GoAsync(revoke);
        Assert.Contains("Revoked on", browser.Text, StringComparison.Ordinal);
        await browser.SendFormAsync(side, $"{All}?organization={crew.Id}", ("act", "revoke"), ("key", "key_gone"));
        browser.IsOk();
    }

    [Fact]
    public async Task Nobody_makes_a_key_above_themselves_and_only_admins_make_any()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        using var developer = await side.BrowserAsync(crew, "developer");
        await developer.GoAsync(All);
        Assert.Empty(developer.Page.QuerySelectorAll("main form"));
        foreach (var act in new[] { "create", "revoke", "download" })
        {
            await developer.SendFormAsync(side, $"{All}?organization={crew.Id}", ("act", act), ("name", "Mine"), ("role", "developer"));
            Assert.Equal(HttpStatusCode.Forbidden, developer.Response.StatusCode);
        }

        using var admin = await side.BrowserAsync(crew, "admin");
        await admin.SendFormAsync(side, $"{All}?organization={crew.Id}", ("act", "create"), ("name", "Mine"), ("role", "owner"));
        Assert.Equal(["#role"], admin.FaultyFields());
        await admin.SendFormAsync(side, $"{All}?organization={other.Id}", ("act", "create"), ("name", "Mine"), ("role", "auditor"));
        Assert.Equal(HttpStatusCode.NotFound, admin.Response.StatusCode);
        var theirs = (await other.Key.GetAsync("/developers/api-keys")).Json.GetProperty("data")[0].GetProperty("id").GetString()!;
        await admin.SendFormAsync(side, $"{All}?organization={crew.Id}", ("act", "revoke"), ("key", theirs));
        Assert.Equal(HttpStatusCode.OK, (await other.Key.GetAsync("/developers/me")).Status);
    }
}
