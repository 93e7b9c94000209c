using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AuthServer.Tests.Support;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A server that was started for the first time, in Production and over TLS: from what it prints to a token that works.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class FirstStartTests(Chromium chromium)
{
    private const string Sentence = "seventeen purple umbrellas sing";

    [Theory]
    [ClassData(typeof(Screens))]
    public async Task The_printed_link_leads_to_a_token_that_works(int width, ColorScheme scheme)
    {
        await using var start = await StartAsync(width, scheme);
        var page = start.Page;
        await page.GetByLabel("Your name").FillAsync("Root");
        await page.GetByLabel("E-mail address").FillAsync("root@example.com");
        await page.GetByLabel("Password").FillAsync(Sentence);
        await PressAsync(page, "Go on with the password");
        await page.GetByLabel("What is it called?").FillAsync("Acme");
        await PressAsync(page, "Make the organization");
        await page.GetByLabel("What is it called?").FillAsync("Mail sorter");
        await page.GetByLabel("See your profile here").CheckAsync();
        await PressAsync(page, "Make the agent");

        await start.AssertTokenWorksAsync();
        await Screens.AssertFitsAsync(page);
    }

    [Fact]
    public async Task The_whole_way_can_be_gone_with_the_keyboard()
    {
        await using var start = await StartAsync();
        var (page, keyboard) = (start.Page, start.Page.Keyboard);
        await Assertions.Expect(page.GetByLabel("Your name")).ToBeFocusedAsync();
        await keyboard.TypeAsync("Root");
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync("root@example.com");
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync(Sentence);
        await keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the organization" }).WaitForAsync();
        await Assertions.Expect(page.GetByLabel("What is it called?")).ToBeFocusedAsync();
        await keyboard.TypeAsync("Acme");
        await keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the agent" }).WaitForAsync();
        await Assertions.Expect(page.GetByLabel("What is it called?")).ToBeFocusedAsync();
        await keyboard.TypeAsync("Mail sorter");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Space");
        await keyboard.PressAsync("Enter");

        await start.AssertTokenWorksAsync();
    }

    [Fact]
    public async Task The_administrator_may_come_with_a_passkey()
    {
        await using var start = await StartAsync();
        await VirtualAuthenticator.AddAsync(start.Page);
        await start.Page.GetByLabel("E-mail address").FillAsync("no address");
        await PressAsync(start.Page, "Use a passkey instead");
        await Assertions.Expect(start.Page.Locator("#email-fault")).ToBeVisibleAsync();
        await start.Page.GetByLabel("E-mail address").FillAsync("root@example.com");
        await PressAsync(start.Page, "Use a passkey instead");

        await Assertions.Expect(start.Page.GetByRole(AriaRole.Button, new() { Name = "Make the organization" })).ToBeVisibleAsync();
    }

    private async Task<Started> StartAsync(int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var folder = new TempFolder();
        var certificate = Certify(folder.Path);
        var issuer = $"https://localhost:{TestServer.FreePort()}";
        var server = await ServerProcess.StartAsync(
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("Urls", issuer), ("AuthServer:Issuer", issuer),
            ("Kestrel:Certificates:Default:Path", certificate), ("Kestrel:Certificates:Default:KeyPath", Path.Combine(folder.Path, "key.pem")));
        var link = server.Output.Split('\n').Single(line => line.Contains("Set this server up at", StringComparison.Ordinal)).Split(' ')[^1].Trim();
        Assert.StartsWith(issuer + "/setup?invitation=", link, StringComparison.Ordinal);
        var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            IgnoreHTTPSErrors = true,
            Locale = "en-GB",
        });
        var page = await context.NewPageAsync();
        await Screens.SetAsync(page, width, scheme);
        await page.GotoAsync(link);
        return new Started(server, folder, page, certificate);
    }

    private static Task PressAsync(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private static string Certify(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        var path = Path.Combine(folder, "certificate.pem");
        File.WriteAllText(path, made.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return path;
    }

    private sealed class Started(ServerProcess server, TempFolder folder, IPage page, string certificate) : IAsyncDisposable
    {
        public IPage Page => page;

        /// <summary>What stands on the page is what the same commands give when they are pasted into a shell.</summary>
        public async Task AssertTokenWorksAsync()
        {
            await page.GetByRole(AriaRole.Heading, new() { Name = "has its first token" }).WaitForAsync();
            var got = await RunAsync("#got-by");
            var used = await RunAsync("#used-by");
            Assert.Equal(got.GetProperty("scope").GetString(), used.GetProperty("grantedScopes")[0].GetString());
            Assert.True(used.GetProperty("allowed").GetBoolean());
            Assert.True(JsonElement.DeepEquals(used, JsonElement.Parse((await page.Locator("#answer").TextContentAsync())!)));
        }

        public async ValueTask DisposeAsync()
        {
            await page.Context.DisposeAsync();
            await server.DisposeAsync();
            folder.Dispose();
        }

        private async Task<JsonElement> RunAsync(string block)
        {
            var command = (await page.Locator(block).TextContentAsync())!.Replace("curl -s", $"curl -s --cacert {certificate}", StringComparison.Ordinal);
            return JsonElement.Parse((await CommandResult.OfAsync(new ProcessStartInfo("bash", ["-c", command]))).Succeeded());
        }
    }
}
