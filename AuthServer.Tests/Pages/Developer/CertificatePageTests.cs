using System.Net;
using System.Security.Cryptography;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>Certificates and keys of providers, as an organization's members make, check and end them.</summary>
public sealed class CertificatePageTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string Certificates = "/developer/certificates";
    private const string Keys = "/developer/provider-keys";

    [Fact]
    public async Task An_admin_makes_a_certificate_takes_its_key_away_revokes_and_deletes_it()
    {
        using var browser = await side.MemberAsync();
        var name = "Build <b>" + Guid.NewGuid().ToString("N");
        await browser.OpenAsync(Certificates);
        await browser.SubmitAsync(new() { ["name"] = "", ["expiresAt"] = "2001-01-01", ["scopes"] = "nobody-knows", ["modulusLength"] = "2048" }, "Make it");
        Assert.Equal(["#name", "#expiresat", "#scopes"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["metadata"] = "{\n oops }" }, "Make it");
        Assert.StartsWith("This is no JSON: look at line 2, character ", browser.Shown("#metadata-fault"), StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["name"] = name, ["expiresAt"] = "", ["scopes"] = "", ["metadata"] = "" }, "Make it");
        var pem = browser.Page.GetElementById("private-key")!.TextContent;
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        Assert.Equal(2048, rsa.KeySize);
        await browser.SubmitAsync(button: "Download it as a file");
        Assert.EndsWith(".pem", browser.Response.Content.Headers.ContentDisposition!.FileName, StringComparison.Ordinal);
        Assert.Equal(pem, (await browser.Response.Content.ReadAsStringAsync()).TrimEnd());

        await browser.OpenAsync(Certificates);
        Assert.DoesNotContain("PRIVATE KEY", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(LinkOf(browser, name, "ask=revoke"));
        await browser.SubmitAsync(button: "Revoke it");
        await browser.GoAsync(LinkOf(browser, name, "ask=delete"));
        await browser.SubmitAsync(button: "Delete it");
        Assert.DoesNotContain(name, browser.Text, StringComparison.Ordinal);
        Assert.False(await side.Server.QueryAsync(context => context.Certificates.AnyAsync(row => row.Name == name)));
    }

    [Fact]
    public async Task Only_admins_make_certificates_and_set_keys_and_nobody_touches_those_of_others()
    {
        var other = await OrganizationSide.CreateAsync(side.Server);
        var theirs = (await other.AskAsync(HttpMethod.Post, "/certificates", new { name = "Theirs" }, HttpStatusCode.Created)).GetProperty("id").GetString()!;
        using var developer = await side.MemberAsync(Role.Developer);
        await developer.OpenAsync(Certificates);
        Assert.Empty(developer.Page.QuerySelectorAll("main form"));
        foreach (var (page, act) in new[] { (Certificates, "create"), (Keys, "save"), (Keys, "delete") })
        {
            await developer.PostAsync(side, $"{page}?organization={side.Acme.Id}", ("act", act), ("name", "Mine"), ("provider", "openai"), ("openaiApiKey", "sk-abcdefghijklmnopqrstuvwxyz012345"));
            Assert.Equal(HttpStatusCode.Forbidden, developer.Response.StatusCode);
        }

        using var admin = await side.MemberAsync();
        await admin.PostAsync(side, $"{Certificates}?organization={side.Acme.Id}", ("act", "revoke"), ("certificate", theirs));
        Assert.Equal(HttpStatusCode.NotFound, admin.Response.StatusCode);
        await admin.PostAsync(side, $"{Certificates}?organization={other.Id}", ("act", "create"), ("name", "Mine"));
        Assert.Equal(HttpStatusCode.NotFound, admin.Response.StatusCode);
        Assert.Null(await side.Server.QueryAsync(context => context.Certificates.Where(row => row.Id == theirs).Select(row => row.RevokedAt).SingleAsync()));
    }

    [Fact]
    public async Task A_providers_key_is_set_masked_replaced_and_deleted()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync(Keys);
        await browser.PostAsync(side, $"{Keys}?organization={side.Acme.Id}", ("act", "save"), ("provider", "openai"), ("openaiApiKey", ""));
        Assert.Equal(["#openaiapikey"], browser.FaultyFields());
        const string secret = "sk-abcdefghijklmnopqrstuvwxyz019876";
        await browser.PostAsync(side, $"{Keys}?organization={side.Acme.Id}", ("act", "save"), ("provider", "openai"), ("openaiApiKey", secret));
        Assert.Contains("The key is set", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Set, ends with 9876", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.True((await browser.Response.Content.ReadAsByteArrayAsync()).Length < 100_000);

        using var auditor = await side.MemberAsync(Role.Auditor);
        await auditor.OpenAsync(Keys);
        Assert.Empty(auditor.Page.QuerySelectorAll("main form[method=post]"));
        Assert.Contains("OpenAI", auditor.Text, StringComparison.Ordinal);
        await auditor.GoAsync($"{Keys}?organization={side.Acme.Id}&q=twi");
        await auditor.GoAsync(auditor.Page.QuerySelectorAll(".kind a").Single(link => link.TextContent == "Twilio").GetAttribute("href")!);
        Assert.Contains("It is not set. An admin of the organization can set it.", auditor.Text, StringComparison.Ordinal);
        await auditor.GoAsync($"{Keys}?organization={side.Acme.Id}&provider=nobody");
        Assert.Equal(HttpStatusCode.NotFound, auditor.Response.StatusCode);
        await browser.GoAsync($"{Keys}?organization={side.Acme.Id}&ask=delete&provider=openai");
        await browser.SubmitAsync(button: "Delete it");
        Assert.Contains("The key is deleted", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("9876", browser.Text, StringComparison.Ordinal);
    }

    private static string LinkOf(TestBrowser browser, string name, string ask) =>
        browser.Page.QuerySelectorAll("tbody tr").Single(row => row.TextContent.Contains(name, StringComparison.Ordinal)).QuerySelector($"a[href*='{ask}']")!.GetAttribute("href")!;
}
