using System.Net;
using AuthServer.Vault.Providers;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>The installation's apps serve everybody, and are sent to their providers and nowhere else.</summary>
public sealed class SharedAppTests : IAsyncLifetime
{
    private readonly ConnectionSide _side = new()
    {
        More =
        [
            ("AuthServer:Vault:Providers:google:ClientId", "shared-google"), ("AuthServer:Vault:Providers:google:ClientSecret", "shared-google-secret"),
            ("AuthServer:Vault:Providers:gitlab:ClientId", "shared-gitlab"), ("AuthServer:Vault:Providers:gitlab:ClientSecret", "shared-gitlab-secret"),
        ],
    };

    public Task InitializeAsync() => _side.InitializeAsync();

    public Task DisposeAsync() => _side.DisposeAsync();

    [Fact]
    public async Task A_connection_without_an_app_of_its_own_is_active_at_once_and_shows_nothing_of_the_shared_one()
    {
        var made = await _side.CreateAsync(new { provider = "gmail" });

        Assert.Equal("active", Text(made, "status"));
        Assert.True(made.GetProperty("shared_app").GetBoolean());
        Assert.False(made.GetProperty("has_secret").GetBoolean());
        Assert.DoesNotContain("shared-google", made.GetRawText(), StringComparison.Ordinal);
        var connections = _side.Server.Services.GetRequiredService<AuthServer.Vault.Connections.Connections>();
        var row = await connections.FindAsync(_side.Owner.Id, Id(made), default);
        Assert.Equal("shared-google-secret", connections.AppOf(row!, ShippedProviders.Find("gmail")!)?.ClientSecret);
    }

    [Theory]
    [InlineData("gmail", """{"token_url":"https://evil.example/token"}""")]
    [InlineData("gmail", """{"authorization_url":"https://evil.example/authorize"}""")]
    [InlineData("gmail", """{"base_url":"https://evil.example/"}""")]
    [InlineData("gitlab", """{"fields":{"host":"evil.example"}}""")]
    public async Task Addresses_of_its_own_take_the_shared_app_from_a_connection(string provider, string settings)
    {
        var draft = await _side.CreateAsync($$"""{"provider":"{{provider}}","settings":{{settings}}}""");

        Assert.Equal("draft", Text(draft, "status"));
        Assert.False(draft.GetProperty("shared_app").GetBoolean());
        (await _side.TryAsync(HttpMethod.Post, Path(Id(draft), "/activate"))).Is(HttpStatusCode.Conflict, "incomplete");
        var connections = _side.Server.Services.GetRequiredService<AuthServer.Vault.Connections.Connections>();
        Assert.Null(connections.AppOf((await connections.FindAsync(_side.Owner.Id, Id(draft), default))!, ShippedProviders.Find(provider)!));
        var active = await _side.NewAsync(new { provider });
        (await _side.PatchAsync(active, $$"""{"settings":{{settings}}}""")).Is(HttpStatusCode.Conflict, "incomplete");
    }
}
