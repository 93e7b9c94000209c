using System.Net;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Proxy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages;

/// <summary>What is connected in a person's name, as they see and end it.</summary>
public sealed class ConnectionPageTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string All = "/account/connections";

    [Fact]
    public async Task A_person_sees_what_is_connected_whose_it_is_what_it_may_do_and_who_uses_it()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        await browser.GoAsync(All);
        Assert.Contains("Nothing is connected", browser.Text, StringComparison.Ordinal);
        side.Provider.Person = NewPerson() with { Email = "pat@example.com" };
        var account = await LinkedAsync(browser, connection, id);
        var agent = await side.Acme.RegisterAsync(OrganizationSide.Agent(("name", "Release bot")));
        await UsedAsync(account, id, AgentSide.Text(agent, "id"));

        await browser.GoAsync("/account");
        await browser.GoAsync(browser.Page.QuerySelector($"a[href='{All}']")!.GetAttribute("href")!);

        Assert.Equal("Connected", browser.Page.QuerySelector(".grant .risk")!.TextContent.Trim());
        foreach (var said in new[] { "pat@example.com", "for agents of Acme AI", "Read your things", "Change your things", "Release bot" })
        {
            Assert.Contains(said, browser.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Disconnecting_asks_first_says_what_stops_and_takes_the_grant_back()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var account = await LinkedAsync(browser, connection, id);
        var token = (await side.TokensAsync(account))!.AccessToken;

        await browser.GoAsync($"{All}/{ConnectSide.IdOf(account)}?ask=disconnect");
        Assert.Contains("The access is taken back at Fake too.", browser.Text, StringComparison.Ordinal);
        Assert.NotNull(side.Provider.Grants.FindAccess(token));
        await browser.SubmitAsync(button: "Disconnect it");

        Assert.Equal(All, browser.Address.AbsolutePath);
        Assert.Contains("The access was taken back at the provider too.", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Off", browser.Page.QuerySelector(".grant .risk")!.TextContent.Trim());
        Assert.Null(side.Provider.Grants.FindAccess(token));
        var shown = await side.ReadAsync(account);
        Assert.Equal(("revoked", "disconnected"), (shown.GetProperty("status").GetString(), shown.GetProperty("reason").GetString()));
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Disconnected), row => row.Target == ConnectSide.IdOf(account) && row.Subject == id && row.Reason == "revoked");
        Assert.Null((await side.RowAsync(account)).Tokens);

        // The same form again does nothing more.
        await browser.GoAsync($"{All}/{ConnectSide.IdOf(account)}");
        await browser.SendAsync(Post(browser, $"{All}/{ConnectSide.IdOf(account)}", ("act", "disconnect")));
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Disconnected), row => row.Target == ConnectSide.IdOf(account));
    }

    [Fact]
    public async Task What_was_disconnected_is_connected_again_by_whichever_account_there()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var account = await LinkedAsync(browser, connection, id);
        await browser.GoAsync($"{All}/{ConnectSide.IdOf(account)}?ask=disconnect");
        await browser.SubmitAsync(button: "Disconnect it");

        side.Provider.Person = NewPerson() with { Email = "other@example.com" };
        await browser.SubmitAsync(button: "Connect again");
        Assert.StartsWith("/connect/accounts/", browser.Address.AbsolutePath, StringComparison.Ordinal);
        await browser.GoAsync((await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, browser.Address.PathAndQuery))).ToString());

        Assert.Contains("Fake is connected", browser.Text, StringComparison.Ordinal);
        Assert.Equal(("active", "other@example.com"), ((await side.ReadAsync(account)).GetProperty("status").GetString(), (await side.RowAsync(account)).ProviderName));
    }

    [Fact]
    public async Task Reconnecting_requires_what_it_had_and_offers_the_rest()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var account = await side.AccountAsync(connection, id);
        side.Provider.Rules = side.Provider.Rules with { Unticked = ["write"] };
        await side.ConnectAsync(browser, await side.LinkAsync(account, new { scopes = new[] { "read" }, optional_scopes = new[] { "write" } }));
        side.Provider.Rules = side.Provider.Rules with { Unticked = [] };
        await browser.GoAsync(All);
        Assert.Contains("Not granted", browser.Text, StringComparison.Ordinal);

        await browser.SubmitAsync(button: "Reconnect");

        Assert.Equal("write", Assert.Single(browser.Page.QuerySelectorAll("input[name=scope]")).GetAttribute("value"));
        await browser.GoAsync((await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, browser.Address.PathAndQuery))).ToString());
        Assert.Equal(["read", "write"], (await side.ReadAsync(account)).GetProperty("granted_scopes").EnumerateArray().Select(scope => scope.GetString()!));
    }

    [Fact]
    public async Task Nobody_sees_or_ends_what_is_anothers()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (owner, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = owner;
        side.Provider.Person = NewPerson();
        var account = await LinkedAsync(owner, connection, id);
        var (browser, _, _) = await side.PersonAsync(isMember: false);
        using var _2 = browser;
        await browser.GoAsync(All);
        Assert.Contains("Nothing is connected", browser.Text, StringComparison.Ordinal);
        foreach (var act in new[] { "disconnect", "replace", "connect", "change" })
        {
            await browser.GoAsync("/account/password");
            await browser.SendAsync(Post(browser, $"{All}/{ConnectSide.IdOf(account)}?ask={act}", ("act", act)));
            Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        }

        await browser.GoAsync("/account/password");
        await browser.SendAsync(Post(browser, All, ("id", ConnectSide.IdOf(account))));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_organizations_account_is_shown_to_its_members_and_ended_by_those_who_may_use_it()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        side.Provider.Person = NewPerson();
        var account = await side.AccountAsync(connection, side.Acme.Id, "org_id");
        using (var anybody = side.Browser())
        {
            await side.ConnectAsync(anybody, await side.LinkAsync(account));
        }

        var (auditor, auditorId, _) = await side.PersonAsync();
        using var _1 = auditor;
        await side.Server.QueryAsync(context => context.Members.Where(row => row.UserId == auditorId).ExecuteUpdateAsync(set => set.SetProperty(row => row.Role, Role.Auditor)));
        var address = $"{All}/{ConnectSide.IdOf(account)}";
        await auditor.GoAsync(address + "?ask=disconnect");
        Assert.Contains("needs the role of a developer", auditor.Text, StringComparison.Ordinal);
        await auditor.GoAsync("/account/password");
        await auditor.SendAsync(Post(auditor, address, ("act", "disconnect")));
        Assert.Equal(HttpStatusCode.Forbidden, auditor.Response.StatusCode);

        var (stranger, _, _) = await side.PersonAsync(isMember: false);
        using var _2 = stranger;
        await stranger.GoAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, stranger.Response.StatusCode);

        var (developer, _, _) = await side.PersonAsync();
        using var _3 = developer;
        await developer.GoAsync(All);
        Assert.Contains("The organization's", developer.Text, StringComparison.Ordinal);
        await developer.GoAsync(address + "?ask=disconnect");
        Assert.Contains("It stops for everybody of Acme AI", developer.Text, StringComparison.Ordinal);
        await developer.SubmitAsync(button: "Disconnect it");
        Assert.Equal("revoked", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_account_that_its_organization_deleted_says_so_to_its_person_and_to_nobody_else()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var address = $"{All}/{ConnectSide.IdOf(await LinkedAsync(browser, connection, id))}";
        await browser.GoAsync(address + "?ask=disconnect");
        await side.Acme.AskAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{address.Split('/')[^1]}", null, HttpStatusCode.OK);

        await browser.SubmitAsync(button: "Disconnect it");
        IsGone(browser, "Acme AI deleted it on");
        await browser.GoAsync(address);
        IsGone(browser, "Acme AI deleted it on");
        await browser.GoAsync("/account/password");
        await browser.SendAsync(Post(browser, All, ("id", address.Split('/')[^1])));
        IsGone(browser, "Acme AI deleted it on");

        var (stranger, _, _) = await side.PersonAsync();
        using var _2 = stranger;
        await stranger.GoAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, stranger.Response.StatusCode);
    }

    [Fact]
    public async Task An_account_that_went_with_its_connection_or_its_organization_says_so()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var address = $"{All}/{ConnectSide.IdOf(await LinkedAsync(browser, connection, id))}";
        await side.Acme.AskAsync(HttpMethod.Delete, $"/api/v1/connections/{connection.Id}?force=true", null, HttpStatusCode.NoContent);
        await browser.GoAsync(address);
        IsGone(browser, "Acme AI deleted the connection that it belonged to on");

        var other = await OrganizationSide.CreateAsync(side.Server);
        await side.DefineAsync(other.Id);
        var theirs = await side.ConnectionAsync(made => made.OrganizationId = other.Id, new ConnectionSettings());
        side.Provider.Person = NewPerson();
        var account = await other.AskAsync(HttpMethod.Post, ConnectSide.Route, new { connection_id = theirs.Id, identifier = id, identifier_type = "user_id" }, HttpStatusCode.Created);
        var link = await other.AskAsync(HttpMethod.Post, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/auth-url", new { }, HttpStatusCode.OK);
        await side.ConnectAsync(browser, link.GetProperty("url").GetString()!);
        address = $"{All}/{ConnectSide.IdOf(account)}";
        await browser.GoAsync(address);
        browser.IsOk();
        var closed = AuditEvent.Of(OrganizationEvents.Closed, AuditOutcomes.Success, side.Server.Clock.Now) with { OrganizationId = other.Id, Target = other.Id };
        Assert.True(await side.Server.Services.GetRequiredService<Closings>().TryCloseAsync(other.Id, other.UserId, "v2", closed, default));
        await side.Server.Services.GetRequiredService<ClosedVaults>().RoundAsync(default);
        await browser.GoAsync(address);
        IsGone(browser, "for whose agents it was connected, was closed on");
    }

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_and_comes_back()
    {
        var (other, _, email) = await side.PersonAsync(isMember: false);
        other.Dispose();
        using var browser = side.Browser();
        await browser.GoAsync(All);
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(email, Flows.Password);
        Assert.Equal(All, browser.Address.AbsolutePath);
    }

    private static void IsGone(TestBrowser browser, string words)
    {
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        Assert.Contains("Your Fake account is gone", browser.Shown("h1"), StringComparison.Ordinal);
        Assert.Contains(words, browser.Text, StringComparison.Ordinal);
    }

    internal static HttpRequestMessage Post(TestBrowser browser, string path, params (string Name, string Value)[] fields) => new(HttpMethod.Post, new Uri(browser.Address, path))
    {
        Content = new FormUrlEncodedContent(
        [
            new("csrf", browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")),
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
        ]),
    };

    private static FakePerson NewPerson() => new($"p-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com", "Some One");

    /// <summary>An account of the person who is signed in in this browser.</summary>
    private async Task<System.Text.Json.JsonElement> LinkedAsync(TestBrowser browser, Connection connection, string id)
    {
        var account = await side.AccountAsync(connection, id);
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        var linked = await side.ReadAsync(account);
        Assert.Equal("active", linked.GetProperty("status").GetString());
        return linked;
    }

    /// <summary>As the proxy leaves it in the trail.</summary>
    private Task UsedAsync(System.Text.Json.JsonElement account, string userId, string agentId) =>
        ((IAuditTrail)side.Server.Services.GetService(typeof(IAuditTrail))!).AppendAsync(
            new AuditEvent
            {
                Id = Identifiers.New("aud_", side.Server.Clock.Now),
                At = side.Server.Clock.Now,
                Type = ProxyEvents.Called,
                Outcome = AuditOutcomes.Success,
                Subject = userId,
                AgentId = agentId,
                OrganizationId = side.Acme.Id,
                Target = ConnectSide.IdOf(account),
            },
            default);
}
