using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Whatever a provider answers when somebody comes back: a named state, one event, and plain words.</summary>
[Trait("negative", "54")]
public sealed class ProviderAnswerTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    public static TheoryData<string, string, string> Answers { get; } = new()
    {
        { "html", "provider_answer", "could not be understood" },
        { "empty", "provider_answer", "could not be understood" },
        { "huge", "provider_answer", "could not be understood" },
        { "twice", "provider_answer", "could not be understood" },
        { "redirect", "provider_answer", "could not be understood" },
        { "ok-with-error", "code_refused", "did not accept the code" },
        { "ok-with-client", "app_refused", "does not accept the connection's app" },
        { "busy", "provider_busy", "asks to wait" },
        { "down", "provider_unavailable", "cannot do its work" },
        { "unreached", "provider_unreachable", "could not be reached" },
        { "forbidden-page", "provider_refused", "did not say why" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_of_the_token_endpoint_that_is_none_ends_in_a_named_state(string answer, string code, string words)
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        side.Provider.OnToken(Fault(answer));
        using var browser = side.Browser();

        await side.ConnectAsync(browser, await side.LinkAsync(account));

        Assert.Contains(words, browser.Text, StringComparison.Ordinal);
        Assert.Contains(code, browser.Text, StringComparison.Ordinal);
        Assert.Equal([code], await side.RefusalsAsync(connection));
        var shown = await side.ReadAsync(account);
        Assert.Equal(("pending", code), (shown.GetProperty("status").GetString(), shown.GetProperty("reason").GetString()));
        Assert.NotEmpty(shown.GetProperty("next_step").GetString()!);
    }

    [Fact]
    public async Task Whoever_says_nothing_for_a_minute_is_given_up()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        var reached = new TaskCompletionSource();
        side.Provider.OnToken(FakeFaults.Silent(reached.SetResult));
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));

        var coming = browser.GoAsync(back.ToString());
        await reached.Task;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        await coming;

        Assert.Contains("could not be reached", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["provider_unreachable"], await side.RefusalsAsync(connection));
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("html", "provider_answer")]
    [InlineData("down", "provider_unavailable")]
    [InlineData("unreached", "provider_unreachable")]
    public async Task Whose_account_it_is_has_to_be_known_and_what_came_is_given_back(string answer, string code)
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        side.Provider.OnIdentity(Fault(answer));
        var revoked = side.Provider.Grants.Revoked.Count;
        using var browser = side.Browser();

        await side.ConnectAsync(browser, await side.LinkAsync(account));

        Assert.Equal([code], await side.RefusalsAsync(connection));
        Assert.Equal(revoked + 1, side.Provider.Grants.Revoked.Count);
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("access_denied", "access_denied")]
    [InlineData("temporarily_unavailable", "provider_unavailable")]
    [InlineData("invalid_scope", "scope_refused")]
    [InlineData("<script>", "app_refused")]
    public async Task An_error_instead_of_a_code_goes_back_to_the_application_in_our_words(string error, string code)
    {
        var connection = await side.ConnectionAsync();
        var account = await side.AccountAsync(connection);
        side.Provider.Rules = side.Provider.Rules with { AuthorizeError = error };
        using var browser = side.Browser();

        var left = await side.ConnectAsync(browser, await side.LinkAsync(account, new { state = "theirs" }));
        side.Provider.Rules = side.Provider.Rules with { AuthorizeError = null };

        var told = Flows.Query(left!);
        Assert.Equal((code, "theirs"), (told["error"], told["state"]));
        Assert.False(told.ContainsKey("code"));
        Assert.DoesNotContain("%3Cscript", left!.ToString(), StringComparison.Ordinal);
        Assert.Equal([code], await side.RefusalsAsync(connection));
    }

    [Fact]
    public async Task Whoever_cancels_goes_back_with_an_error()
    {
        var connection = await side.ConnectionAsync();
        using var browser = side.Browser();
        await browser.GoAsync(await side.LinkAsync(await side.AccountAsync(connection)));
        await browser.SubmitAsync(button: "Cancel");

        Assert.Equal("access_denied", Flows.Query(new Uri(browser.Page.QuerySelector("#go")!.GetAttribute("href")!))["error"]);
        Assert.Equal(["access_denied"], await side.RefusalsAsync(connection));
    }

    [Fact]
    public async Task Whoever_cancels_where_no_application_waits_is_told_that_it_was_them()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        using var browser = side.Browser();
        await browser.GoAsync(await side.LinkAsync(await side.AccountAsync(connection)));
        await browser.SubmitAsync(button: "Cancel");

        Assert.Contains("It was cancelled before anything was granted.", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_required_and_was_not_granted_keeps_the_account_waiting_with_the_reason()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        side.Provider.Rules = side.Provider.Rules with { Unticked = ["write"] };
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        side.Provider.Rules = side.Provider.Rules with { Unticked = [] };

        Assert.Contains("was not agreed to", browser.Text, StringComparison.Ordinal);
        Assert.Equal("scope_missing", (await side.ReadAsync(account)).GetProperty("reason").GetString());
        Assert.Equal(["scope_missing"], await side.RefusalsAsync(connection));
    }

    [Fact]
    public async Task What_is_optional_and_was_not_granted_is_told_as_missing()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        side.Provider.Rules = side.Provider.Rules with { Unticked = ["write"] };
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account, new { optional_scopes = new[] { "write" } }));
        side.Provider.Rules = side.Provider.Rules with { Unticked = [] };

        var linked = await side.ReadAsync(account);
        Assert.Equal("active", linked.GetProperty("status").GetString());
        Assert.Equal(["write"], linked.GetProperty("missing_scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Contains("Not granted", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_endpoint_at_a_private_address_is_not_called()
    {
        var connection = await side.ConnectionAsync(
            provider => provider["oauth"]!["token"]!["url"] = "http://169.254.169.254/latest/meta-data", settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));

        Assert.Equal(["address_refused"], await side.RefusalsAsync(connection));
        Assert.DoesNotContain("169.254", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_for_an_answer_is_understood_where_a_provider_gives_one()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        side.Provider.Rules = side.Provider.Rules with { AnswersForms = true };
        var linked = await side.ConnectedAsync(connection);
        side.Provider.Rules = side.Provider.Rules with { AnswersForms = false };

        Assert.Equal("active", linked.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_connection_that_was_deactivated_meanwhile_connects_nothing()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));
        await side.Server.QueryAsync(async context =>
        {
            context.Connections.Single(row => row.Id == connection.Id).Status = ConnectionStatus.Inactive;
            return await context.SaveChangesAsync();
        });

        await browser.GoAsync(back.ToString());

        Assert.Equal(["connection_inactive"], await side.RefusalsAsync(connection));
        await side.Acme.AskAsync(HttpMethod.Post, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/auth-url", new { }, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_suspended_organization_links_nothing_neither_from_its_link_nor_from_the_provider()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        using var other = side.Browser();
        var link = await side.LinkAsync(await side.AccountAsync(connection));
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));
        await SuspendAsync(side.Server.Clock.Now);
        try
        {
            await browser.GoAsync(back.ToString());
            await other.GoAsync(link);

            Assert.Equal(["connection_inactive"], await side.RefusalsAsync(connection));
            Assert.Equal(HttpStatusCode.BadRequest, other.Response.StatusCode);
        }
        finally
        {
            await SuspendAsync(null);
        }
    }

    private Task<int> SuspendAsync(DateTimeOffset? at) => side.Server.QueryAsync(context => context.Organizations.Where(row => row.Id == side.Acme.Id)
        .ExecuteUpdateAsync(set => set.SetProperty(row => row.SuspendedAt, at)));

    [Fact]
    public async Task A_token_in_the_fragment_comes_by_a_script_of_ours()
    {
        var connection = await side.ConnectionAsync(
            provider =>
            {
                provider["oauth"]!["flow"] = "fragment";
                provider["oauth"]!["authorize"]!["pkce"] = "unsupported";
            },
            settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var state = Flows.Query(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)))["state"];

        await browser.GoAsync($"/connect/accounts/callback/{connection.Id}?state={state}");
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.Contains("needs JavaScript", browser.Page.QuerySelector("noscript")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["/copy.js", "/once.js", "/connect-fragment.js"], browser.Page.Scripts.Select(script => script.GetAttribute("src")));

        // As the script sends it.
        await browser.SubmitAsync(new() { ["access_token"] = side.Provider.Grants.Give(side.Provider.Person, "read", "write").AccessToken });
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
        Assert.Contains("is connected", browser.Text, StringComparison.Ordinal);
    }

    private static FakeFault Fault(string name) => name switch
    {
        "html" => FakeFaults.Html,
        "empty" => FakeFaults.Empty,
        "huge" => FakeFaults.Huge,
        "twice" => FakeFaults.Twice,
        "redirect" => FakeFaults.Redirect("http://169.254.169.254/latest/meta-data"),
        "ok-with-error" => FakeFaults.OkWithError("invalid_grant"),
        "ok-with-client" => FakeFaults.OkWithError("invalid_client"),
        "busy" => FakeFaults.Status(429, "{}", ("Retry-After", "7")),
        "down" => FakeFaults.Status(503),
        "forbidden-page" => FakeFaults.Status(403, "<html>"),
        _ => FakeFaults.Unreached,
    };
}
