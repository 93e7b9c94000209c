using AuthServer.Configuration;
using AuthServer.Tests.Support;
using AuthServer.Vault.Providers;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>The installation's own OAuth apps.</summary>
public sealed class SharedAppTests
{
    private const string Secret = "a-secret-that-nobody-is-told";

    [Fact]
    public async Task Whether_there_is_one_is_answered_and_its_secret_never_is()
    {
        await using var server = await TestServer.StartAsync(
            [.. App("slack", "slack-app"), .. App("google", "google-app"), .. App("gmail", "gmail-app"), ("AuthServer:Vault:Providers:trello:ClientId", "trello-key")]);
        var acme = await OrganizationSide.CreateAsync(server);
        var all = await acme.GetAsync("/api/v1/providers?limit=200");
        Assert.Equal(
            ["gmail", "google_calendar", "google_drive", "google_workspace", "slack", "trello"],
            all.GetProperty("data").EnumerateArray().Where(item => item.GetProperty("shared_app").GetBoolean()).Select(item => item.GetProperty("id").GetString()!).Order(StringComparer.Ordinal));
        var one = await acme.GetAsync("/api/v1/providers/slack");
        foreach (var said in new[] { all.GetRawText(), one.GetRawText(), string.Join('\n', server.Logs.All) })
        {
            Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
        }

        var apps = server.Services.GetRequiredService<SharedApps>();
        Assert.Equal(("gmail-app", Secret), Of(apps.Find(ShippedProviders.Find("gmail")!)));
        Assert.Equal(("google-app", Secret), Of(apps.Find(ShippedProviders.Find("google_drive")!)));
        Assert.Equal(("trello-key", null), Of(apps.Find(ShippedProviders.Find("trello")!)));
        Assert.DoesNotContain(Secret, $"{apps.Find(ShippedProviders.Find("gmail")!)}", StringComparison.Ordinal);
    }

    /// <summary>Else whoever names a host of their own would be sent the installation's secret.</summary>
    [Theory]
    [InlineData("gitlab", "host", null, true)]
    [InlineData("gitlab", "host", "gitlab.com", true)]
    [InlineData("gitlab", "host", "evil.example", false)]
    [InlineData("github", "api_url", "https://evil.example", false)]
    [InlineData("salesforce", "login_host", "evil.my.salesforce.com", false)]
    [InlineData("outlook", "tenant", "contoso.onmicrosoft.com", true)]
    public async Task It_is_for_the_providers_own_hosts(string id, string field, string? value, bool given)
    {
        await using var server = await TestServer.StartAsync(App(id, "app"));
        var app = server.Services.GetRequiredService<SharedApps>().Find(ShippedProviders.Find(id)!, name => name == field ? value : null);
        Assert.Equal(given, app is not null);
    }

    [Fact]
    public async Task A_provider_that_an_organization_describes_has_none_whatever_its_id()
    {
        await using var server = await TestServer.StartAsync(App("slack", "app"));
        var own = ShippedProviders.Find("slack")! with { Id = "slack2" };
        Assert.Null(server.Services.GetRequiredService<SharedApps>().Find(own));
    }

    [Theory]
    [InlineData("nonsense", "ClientId", "x", "AuthServer:Vault:Providers:nonsense is no provider that comes with the server.")]
    [InlineData("openai", "ClientId", "x", "AuthServer:Vault:Providers:openai has no OAuth apps")]
    [InlineData("slack", "ClientSecret", "x", "AuthServer:Vault:Providers:slack:ClientId must be")]
    [InlineData("slack", "ClientId", "a b", "AuthServer:Vault:Providers:slack:ClientId must be")]
    [InlineData("slack", "ClientId", "x", "AuthServer:Vault:Providers:slack:ClientSecret is missing.")]
    public async Task A_setting_that_cannot_work_stops_the_start_and_is_named(string id, string member, string value, string fault)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => TestServer.StartAsync(($"AuthServer:Vault:Providers:{id}:{member}", value)));
        Assert.Contains(refused.Faults, told => told.StartsWith(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("env:AUTHSERVER_TEST_NOT_SET")]
    [InlineData("file:no-such-file")]
    public async Task A_reference_that_leads_to_nothing_stops_the_start(string reference)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => TestServer.StartAsync(
            ("AuthServer:Vault:Providers:slack:ClientId", "x"), ("AuthServer:Vault:Providers:slack:ClientSecret", reference)));
        Assert.Contains(refused.Faults, told => told.StartsWith("AuthServer:Vault:Providers:slack:ClientSecret: \"" + reference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_may_be_in_a_file()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(file, Secret + "\n");
        await using var server = await TestServer.StartAsync(
            ("AuthServer:Vault:Providers:slack:ClientId", "x"), ("AuthServer:Vault:Providers:slack:ClientSecret", "file:" + file));
        Assert.Equal(("x", Secret), Of(server.Services.GetRequiredService<SharedApps>().Find(ShippedProviders.Find("slack")!)));
    }

    private static (string? Id, string? Secret) Of(SharedApp? app) => (app?.ClientId, app?.ClientSecret);

    private static (string Key, string Value)[] App(string id, string clientId) =>
        [($"AuthServer:Vault:Providers:{id}:ClientId", clientId), ($"AuthServer:Vault:Providers:{id}:ClientSecret", Secret)];
}
