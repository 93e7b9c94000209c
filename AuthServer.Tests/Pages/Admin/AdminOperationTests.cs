using System.Net;
using AuthServer.Audit;
using AuthServer.Docs;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Admin;

/// <summary>Keys, health and configuration.</summary>
public sealed class AdminOperationTests(AdminSide side) : IClassFixture<AdminSide>
{
    [Fact]
    public async Task A_key_is_replaced_and_one_that_somebody_else_may_have_is_revoked()
    {
        var keys = side.Server.Services.GetRequiredService<SigningKeys>();
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        var before = keys.Current(JwsAlgorithm.ES256).KeyId;
        using var admin = await side.AdminAsync();
        await AdminSide.DoAsync(admin, "/admin/keys?ask=rotate-ES256", "Replace it");
        Assert.Contains("The next key is on its way", admin.Text, StringComparison.Ordinal);
        var signs = keys.Current(JwsAlgorithm.ES256).KeyId;
        Assert.NotEqual(before, signs);
        await side.AssertToldAsync(AuditEventTypes.KeyRotated, signs);

        await AdminSide.DoAsync(admin, "/admin/keys?ask=revoke-" + before, "Revoke it");
        await side.AssertToldAsync(AuditEventTypes.KeyRevoked, before);
        Assert.DoesNotContain(before, System.Text.Encoding.UTF8.GetString(keys.Jwks.Span), StringComparison.Ordinal);

        // A second press, or another tab, finds it done.
        await admin.AgainAsync();
        Assert.Equal((HttpStatusCode.OK, "/admin/keys"), (admin.Response.StatusCode, admin.Address.AbsolutePath));
        await admin.GoAsync("/admin/keys?ask=revoke-" + before);
        Assert.Equal(HttpStatusCode.OK, admin.Response.StatusCode);
        Assert.Contains(admin.Page.QuerySelectorAll("tr"), row => row.TextContent.Contains(before, StringComparison.Ordinal) && row.TextContent.Contains("Revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_of_keys_shows_none_of_them()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/keys");
        var master = (await System.IO.File.ReadAllTextAsync(Path.Combine(side.Server.Home, "keys", "master.key"))).Trim();

        Assert.DoesNotContain(master, admin.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Contains("ES256", admin.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_tells_of_the_database_and_of_what_waits()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/health");

        Assert.Contains("The server is ready", admin.Text, StringComparison.Ordinal);
        Assert.Contains("authserver.db", admin.Text, StringComparison.Ordinal);
        Assert.Contains("1 applied, 0 to come", admin.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_everybody_gets_does_not_differ_from_the_default()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/configuration");
        var changed = admin.Page.QuerySelectorAll("tbody tr").Select(row => row.QuerySelector("code")!.TextContent).ToList();
        Assert.Contains("AuthServer:Home", changed);
        Assert.Contains("AuthServer:Clients:0:ClientId", changed);
        Assert.DoesNotContain("AuthServer:Proxies", changed);
        Assert.DoesNotContain("AuthServer:SignIn:External", changed);
        Assert.DoesNotContain("Logging:LogLevel:Microsoft.EntityFrameworkCore", changed);
        await admin.GoAsync("/admin/configuration?show=all");
        Assert.Equal("Warning", Row(admin, "Logging:LogLevel:Microsoft.EntityFrameworkCore")[1]);
    }

    [Fact]
    public async Task The_configuration_shows_no_secret_and_where_each_setting_came_from()
    {
        using var admin = await side.AdminAsync();
        foreach (var address in new[] { "/admin/configuration", "/admin/configuration?show=all" })
        {
            await admin.GoAsync(address);
            var page = admin.Page.DocumentElement.OuterHtml;
            Assert.DoesNotContain(Flows.Secret, page, StringComparison.Ordinal);
            Assert.DoesNotContain(Flows.Password, page, StringComparison.Ordinal);
            Assert.DoesNotContain("PATH", page, StringComparison.Ordinal);
        }

        Assert.Equal("00:15:00", Row(admin, "AuthServer:Tokens:AccessToken")[1]);
        Assert.Equal("appsettings.json", Row(admin, "AuthServer:Tokens:AccessToken")[2]);
        Assert.Equal("Command line", Row(admin, "AuthServer:Home")[2]);

        // What it means comes from the page that lists all settings.
        Assert.StartsWith("AuthServer:Home What relative paths are relative to.", Row(admin, "AuthServer:Home")[0], StringComparison.Ordinal);
        Assert.NotNull(SettingMeanings.Of("AuthServer:Clients:0:ClientId"));
        Assert.NotNull(SettingMeanings.Of("AuthServer:Proxies:3"));
        Assert.Null(SettingMeanings.Of("AuthServer:NoSuch"));
    }

    [Fact]
    public async Task What_is_under_no_checkpoint_though_it_should_be_is_told()
    {
        using var admin = await side.AdminAsync();
        var checkpoints = side.Server.Services.GetRequiredService<Checkpoints>();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(20));
        await checkpoints.WriteAsync(default);
        await admin.GoAsync("/admin");
        Assert.DoesNotContain("The trail is not sealed", admin.Text, StringComparison.Ordinal);

        // Nothing has happened since, so that none is made in its place.
        await side.Server.QueryAsync(context => context.Database.ExecuteSqlRawAsync("""DELETE FROM "AuditCheckpoints" """));
        await admin.GoAsync("/admin");
        Assert.Contains("The trail is not sealed", admin.Text, StringComparison.Ordinal);
    }

    private static string[] Row(TestBrowser browser, string key) =>
        [.. browser.Page.QuerySelectorAll("tbody tr").Single(row => row.Children[0].QuerySelector("code")?.TextContent == key).Children.Select(cell => string.Join(' ', cell.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
}
