using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>An account that works is linked again, or ended.</summary>
[Trait("negative", "54")]
public sealed class ReauthorizationTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task The_same_account_at_the_provider_takes_the_place_of_what_was_there()
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, NewPerson());
        var before = await side.TokensAsync(account);
        var person = (await side.RowAsync(account)).ProviderAccount!;
        side.Provider.Person = new FakePerson(person, "renamed@example.com", "Re Named");
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));

        var after = await side.ReadAsync(account);
        Assert.Equal(("active", "renamed@example.com"), (after.GetProperty("status").GetString(), after.GetProperty("provider_account").GetString()));
        Assert.NotEqual(before!.AccessToken, (await side.TokensAsync(account))!.AccessToken);
        Assert.Single(await side.Server.TrailAsync("account.reauthorized"), row => row.Target == ConnectSide.IdOf(account));
    }

    /// <summary>A refresh token that the provider gives only once lives on in a new link, but not one that it has refused.</summary>
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "not_renewable")]
    public async Task A_refresh_token_that_is_dead_is_not_carried_on(bool isDead, string? reason)
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, NewPerson());
        var (row, held) = (await side.RowAsync(account), (await side.TokensAsync(account))!);
        if (isDead)
        {
            side.Provider.Grants.Revoke(held.RefreshToken!);
            side.Server.Clock.Advance(TimeSpan.FromHours(2));
            Assert.Equal("expired", (await side.ReadAsync(account)).GetProperty("status").GetString());
        }

        side.Provider.Person = new FakePerson(row.ProviderAccount!, "p@example.com", "P");
        side.Provider.Rules = side.Provider.Rules with { GivesRefreshToken = false };
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        side.Provider.Rules = side.Provider.Rules with { GivesRefreshToken = true };

        var after = await side.RowAsync(account);
        Assert.Equal((AccountStatus.Active, reason), (after.Status, after.Fault));
        Assert.Equal(isDead ? null : held.RefreshToken, (await side.TokensAsync(account))!.RefreshToken);
    }

    [Fact]
    public async Task Another_account_at_the_provider_is_refused_and_the_old_one_kept()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.ConnectedAsync(connection, null, NewPerson());
        var before = await side.TokensAsync(account);
        side.Provider.Person = NewPerson();
        var revoked = side.Provider.Grants.Revoked.Count;
        using var browser = side.Browser();

        await side.ConnectAsync(browser, await side.LinkAsync(account));

        Assert.Contains("Another account was connected", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["identity_mismatch"], await side.RefusalsAsync(connection));
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
        Assert.Equal(before!.AccessToken, (await side.TokensAsync(account))!.AccessToken);
        Assert.Equal(revoked + 1, side.Provider.Grants.Revoked.Count);
        Assert.Null(side.Provider.Grants.FindAccess(before.AccessToken) is null ? "the old grant died" : null);
    }

    [Fact]
    public async Task Another_account_that_somebody_else_here_has_is_refused_and_not_taken_from_them()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var theirs = NewPerson();
        var other = await side.ConnectedAsync(connection, null, theirs);
        var account = await side.ConnectedAsync(connection, null, NewPerson());
        side.Provider.Person = theirs;
        var revoked = side.Provider.Grants.Revoked.Count;
        using var browser = side.Browser();

        await side.ConnectAsync(browser, await side.LinkAsync(account));

        Assert.Equal(revoked, side.Provider.Grants.Revoked.Count);
        Assert.NotNull(side.Provider.Grants.FindAccess((await side.TokensAsync(other))!.AccessToken));
    }

    [Fact]
    public async Task An_attempt_that_fails_breaks_nothing()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.ConnectedAsync(connection, null, NewPerson());
        var before = await side.RowAsync(account);
        side.Provider.OnToken(FakeFaults.Status(500));
        using var browser = side.Browser();

        await side.ConnectAsync(browser, await side.LinkAsync(account));

        var after = await side.RowAsync(account);
        Assert.Equal((before.Tokens, before.Version, before.Fault), (after.Tokens, after.Version, after.Fault));
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Half_a_consent_takes_nothing_from_an_account_that_works()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var person = NewPerson();
        var account = await side.ConnectedAsync(connection, null, person);
        (side.Provider.Person, side.Provider.Rules) = (person, side.Provider.Rules with { Unticked = ["write"] });
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        side.Provider.Rules = side.Provider.Rules with { Unticked = [] };

        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
        Assert.NotNull(side.Provider.Grants.FindAccess((await side.TokensAsync(account))!.AccessToken));
    }

    [Fact]
    public async Task A_refresh_token_that_is_given_only_once_stays()
    {
        var person = NewPerson();
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, person);
        var before = await side.TokensAsync(account);
        (side.Provider.Person, side.Provider.Rules) = (person, side.Provider.Rules with { GivesRefreshToken = false });
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        side.Provider.Rules = side.Provider.Rules with { GivesRefreshToken = true };

        var after = await side.TokensAsync(account);
        Assert.Equal(before!.RefreshToken, after!.RefreshToken);
        Assert.NotEqual(before.AccessToken, after.AccessToken);
    }

    [Fact]
    public async Task A_first_link_without_a_refresh_token_says_that_it_ends()
    {
        side.Provider.Rules = side.Provider.Rules with { GivesRefreshToken = false };
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, NewPerson());
        side.Provider.Rules = side.Provider.Rules with { GivesRefreshToken = true };

        Assert.Equal("not_renewable", (await side.ReadAsync(account)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task An_account_is_renewed_before_it_is_shown()
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), "renewed", NewPerson());
        var before = await side.TokensAsync(account);
        side.Server.Clock.Advance(TimeSpan.FromHours(2));

        var shown = await side.ReadAsync(account);

        Assert.Equal("active", shown.GetProperty("status").GetString());
        Assert.True(shown.GetProperty("expires_at").GetDateTimeOffset() > side.Server.Clock.Now);
        Assert.NotEqual(before!.AccessToken, (await side.TokensAsync(account))!.AccessToken);
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        var listed = (await side.Acme.GetAsync($"/oauth-tokens?identifierId=renewed&resource={ConnectSide.ProviderId}")).GetProperty("data")[0];
        Assert.True(listed.GetProperty("expiresAt").GetDateTimeOffset() > side.Server.Clock.Now);
    }

    [Fact]
    public async Task A_deleted_account_is_taken_back_at_the_provider_and_its_tokens_are_gone()
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, NewPerson());
        var tokens = (await side.TokensAsync(account))!;

        var deleted = await side.Acme.AskAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}", null, HttpStatusCode.OK);

        Assert.Equal("revoked", deleted.GetProperty("provider_grant").GetString());
        Assert.Null(side.Provider.Grants.FindAccess(tokens.AccessToken));
        await side.Acme.AskAsync(HttpMethod.Get, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}", null, HttpStatusCode.NotFound);
        Assert.Single(await side.Server.TrailAsync("account.deleted"), row => row.Target == ConnectSide.IdOf(account) && row.Reason == "revoked");
    }

    [Fact]
    public async Task A_grant_by_which_another_account_lives_stays_at_the_provider()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var person = NewPerson();
        var first = await side.ConnectedAsync(connection, null, person);
        var second = await side.ConnectedAsync(connection, null, person);

        var shared = await side.Acme.AskAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{ConnectSide.IdOf(first)}", null, HttpStatusCode.OK);
        Assert.Equal("shared", shared.GetProperty("provider_grant").GetString());
        Assert.Contains("another account", shared.GetProperty("words").GetString(), StringComparison.Ordinal);
        Assert.NotNull(side.Provider.Grants.FindAccess((await side.TokensAsync(second))!.AccessToken));

        var last = await side.Acme.AskAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{ConnectSide.IdOf(second)}", null, HttpStatusCode.OK);
        Assert.Equal("revoked", last.GetProperty("provider_grant").GetString());
    }

    [Fact]
    public async Task A_provider_that_cannot_be_asked_keeps_nobody_from_deleting()
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, NewPerson());
        side.Provider.OnRevocation(FakeFaults.Unreached);

        var deleted = await side.Acme.AskAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}", null, HttpStatusCode.OK);

        Assert.Equal("failed", deleted.GetProperty("provider_grant").GetString());
        await side.Acme.AskAsync(HttpMethod.Get, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}", null, HttpStatusCode.NotFound);
    }

    private static FakePerson NewPerson() => new($"p-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com", "Some One");
}
