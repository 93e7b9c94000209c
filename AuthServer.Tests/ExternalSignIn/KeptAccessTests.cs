using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Data;
using AuthServer.ExternalSignIn;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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

    [Fact]
    public async Task What_nobody_agrees_to_keep_is_taken_back_at_the_provider()
    {
        using (var browser = await ArriveAsync("grace"))
        {
            var held = await HeldAsync();
            await browser.SubmitAsync(button: "Create account");
            Assert.Equal(held, await EndingAsync());
        }

        // At each sign-in anew.
        using var again = await ArriveAsync("grace");
        Assert.Equal(2, await _server.QueryAsync(context => context.GrantEndings.CountAsync()));
    }

    [Fact]
    public async Task So_it_is_where_somebody_else_of_the_provider_has_the_place()
    {
        using (var browser = await ArriveAsync("grace"))
        {
            await browser.SubmitAsync(new() { ["Keep"] = "true" }, "Create account");
        }

        Assert.Equal(0, await _server.QueryAsync(context => context.GrantEndings.CountAsync()));
        var before = await _server.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync());

        // Another sign-in of the same account is the account's own.
        using var again = await ArriveAsync("grace");
        Assert.Equal(0, await _server.QueryAsync(context => context.GrantEndings.CountAsync()));

        // Whose provider's account is another by now has what came beside it taken back.
        await _server.QueryAsync(context => context.ConnectedAccounts.ExecuteUpdateAsync(set => set.SetProperty(row => row.ProviderAccount, "somebody-else")));
        using var third = await ArriveAsync("grace");
        Assert.Equal(1, await _server.QueryAsync(context => context.GrantEndings.CountAsync()));
        Assert.Equal(before.Id, (await _server.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync())).Id);
    }

    [Fact]
    public async Task Whoever_goes_away_leaves_nothing_behind_at_the_provider()
    {
        using var browser = await ArriveAsync("grace");
        var held = await HeldAsync();
        await AbandonAsync();
        Assert.Equal(1, await _server.QueryAsync(context => context.ExternalArrivals.CountAsync()));
        await _server.QueryAsync(context => context.ExternalArrivals.ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, row => row.CreatedAt)));

        // Pruning leaves it to who takes it back.
        await _server.Services.GetServices<IHostedService>().OfType<Pruning>().Single().PruneAsync(_server.Clock.Now, default);
        await AbandonAsync();

        Assert.Equal(held, await EndingAsync());
        Assert.Equal(0, await _server.QueryAsync(context => context.ExternalArrivals.CountAsync()));
    }

    [Fact]
    public async Task So_does_a_person_who_is_removed_while_they_think_about_it()
    {
        using var browser = await ArriveAsync("grace");
        var held = await HeldAsync();
        using var own = new TestBrowser(_server);
        await own.GoAsync("/sign-in");
        await own.SignInAsync(Flows.Email, Flows.Password);
        var id = await BrowserSide.SubjectAsync(own);
        await _server.QueryAsync(context => context.ExternalArrivals.ExecuteUpdateAsync(set => set.SetProperty(row => row.UserId, id)));
        await own.GoAsync("/account/remove");
        await own.SubmitAsync(new() { ["Password"] = Flows.Password });

        Assert.True(await _server.QueryAsync(context => context.ExternalArrivals.AsNoTracking().SingleAsync()) is { Email: null, Name: null });
        await AbandonAsync();
        Assert.Equal(held, await EndingAsync());
    }

    private Task AbandonAsync() => _server.Services.GetRequiredService<AbandonedArrivals>().EndAsync(default);

    /// <summary>The refresh token that waits for its person.</summary>
    private async Task<string> HeldAsync()
    {
        var arrival = await _server.QueryAsync(context => context.ExternalArrivals.AsNoTracking().SingleAsync());
        return _server.Services.GetRequiredService<SealedTokens>().Open(arrival.Tokens, arrival.TokensPlace)!.RefreshToken!;
    }

    /// <summary>The token that is on the list of what is taken back.</summary>
    private async Task<string> EndingAsync()
    {
        var ending = await _server.QueryAsync(context => context.GrantEndings.AsNoTracking().SingleAsync());
        Assert.Equal((ConnectionId, "google_drive"), (ending.ConnectionId, ending.ProviderId));
        Assert.True(_server.Services.GetRequiredService<VaultSeal>().TryOpen(ending.Calls, ending.CallsPlace, out var plain, out _));
        var call = Assert.Single(JsonSerializer.Deserialize<EndingCalls>(plain)!.Calls);
        Assert.Equal("https://oauth2.googleapis.com/revoke", call.Address.ToString());
        return Flows.Query(new Uri("https://form.example/?" + Encoding.UTF8.GetString(call.Body!)))["token"];
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
