using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>What a provider gives at sign-in is kept only in the connection that the operator names, and only of people who agree.</summary>
public sealed class KeptAccessTests : IAsyncLifetime
{
    internal const string ConnectionId = "conn_01j8000000000000000000keep";

    private FakeOpenId _acme = null!;
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _acme = await FakeOpenId.StartAsync();
        _server = await Flows.StartAsync([.. ExternalSide.Provider(0, _acme, ExternalSide.Id, ExternalSide.Title, ("Connection", ConnectionId))]);
        _acme.Clock = _server.Clock;
        using var nobody = new Rest(_server);
        var organization = (await nobody.RegisterDeveloperAsync("Acme & Sons")).GetProperty("organization").GetProperty("id").GetString()!;
        await _server.QueryAsync(context =>
        {
            context.Connections.Add(ConnectionOf(organization, FakeOpenId.ClientId));
            return context.SaveChangesAsync();
        });
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _acme.DisposeAsync();
    }

    /// <summary>A connection of a provider that comes with the server, by the app that people sign in by.</summary>
    internal static Connection ConnectionOf(string organizationId, string clientId) => new()
    {
        Id = ConnectionId,
        OrganizationId = organizationId,
        ProviderId = "google_drive",
        Name = "Files",
        ClientId = clientId,
        Scopes = JsonSerializer.Serialize(new[] { "https://www.googleapis.com/auth/drive.readonly" }),
        Status = ConnectionStatus.Active,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 1,
    };

    [Fact]
    public async Task Who_agrees_has_a_connected_account_of_their_own_with_sealed_tokens()
    {
        using var browser = await ArriveAsync("grace");
        Assert.Contains("https://www.googleapis.com/auth/drive.readonly", _acme.Asked["scope"], StringComparison.Ordinal);
        Assert.Contains("Acme & Sons", browser.Text, StringComparison.Ordinal);
        Assert.Contains("It may ", browser.Page.QuerySelector(".keep-scopes")!.TextContent, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["Keep"] = "true" }, "Create account");
        Assert.Equal("/account", browser.Address.AbsolutePath);

        var account = await _server.QueryAsync(context => context.ConnectedAccounts.SingleAsync());
        Assert.True(account is { Status: AccountStatus.Active, IsVerified: true, IdentifierType: "user_id", ProviderAccount: "grace", ProviderName: "grace@example.com" });
        Assert.Equal((account.UserId, ConnectionId), (account.Identifier, account.ConnectionId));
        Assert.NotNull(Identifiers.ToUuid("usr_", account.Identifier));
        var tokens = Tokens(account);
        Assert.NotNull(tokens.RefreshToken);
        Assert.DoesNotContain(tokens.AccessToken, account.Tokens, StringComparison.Ordinal);
        Assert.Contains(await _server.TrailAsync(AccountEvents.Connected), row => row.Subject == account.UserId && row.Target == account.Id && row.Reason == "sign_in");
        Assert.Equal(0, await _server.QueryAsync(context => context.ExternalArrivals.CountAsync()));
    }

    [Fact]
    public async Task Who_does_not_agree_signs_in_and_nothing_is_kept()
    {
        using (var browser = await ArriveAsync("grace"))
        {
            Assert.False(browser.Page.QuerySelector("#keep")!.HasAttribute("checked"));
            await browser.SubmitAsync(button: "Create account");
            Assert.Equal("/account", browser.Address.AbsolutePath);
        }

        using var again = await ArriveAsync("grace");
        Assert.Equal("/account", again.Address.AbsolutePath);
        Assert.Equal(0, await _server.QueryAsync(context => context.ConnectedAccounts.CountAsync()));
    }

    [Fact]
    public async Task A_new_sign_in_renews_what_was_agreed_to_and_keeps_the_refresh_token_that_is_given_only_once()
    {
        using (var browser = await ArriveAsync("grace"))
        {
            await browser.SubmitAsync(new() { ["Keep"] = "true" }, "Create account");
        }

        var before = Tokens(await _server.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync()));
        _acme.TokenAnswer = new JsonObject { ["refresh_token"] = "" };
        using var again = await ArriveAsync("grace");
        var after = Tokens(await _server.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync()));

        Assert.NotEqual(before.AccessToken, after.AccessToken);
        Assert.Equal(before.RefreshToken, after.RefreshToken);
    }

    [Theory]
    [InlineData("inactive")]
    [InlineData("of another app")]
    [InlineData("gone")]
    public async Task A_connection_that_cannot_keep_anything_keeps_nothing(string how)
    {
        await _server.QueryAsync(async context =>
        {
            var connection = await context.Connections.SingleAsync();
            if (how == "gone")
            {
                context.Connections.Remove(connection);
            }

            (connection.Status, connection.ClientId) = how switch
            {
                "inactive" => (ConnectionStatus.Inactive, connection.ClientId),
                _ => (connection.Status, "another-app"),
            };
            return await context.SaveChangesAsync();
        });
        using var browser = await ArriveAsync("grace");
        Assert.DoesNotContain("drive", _acme.Asked["scope"], StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("#keep"));
        await browser.SubmitAsync(new() { ["Keep"] = "true" }, "Create account");

        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.Equal(0, await _server.QueryAsync(context => context.ConnectedAccounts.CountAsync()));
    }

    private TokenSet Tokens(ConnectedAccount account) => ((SealedTokens)_server.Services.GetService(typeof(SealedTokens))!).Open(account.Tokens, account.TokensPlace)!;

    private async Task<TestBrowser> ArriveAsync(string subject)
    {
        _acme.Claims = ExternalSide.Person(subject, $"{subject}@example.com");
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.GoAsync((await _acme.VisitAsync(await ExternalSide.SetOutAsync(browser))).AbsoluteUri);
        return browser;
    }
}
