using System.Net;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Pages.Developer.ConnectionPages;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>The seven steps to a new connection, as plain forms.</summary>
public sealed class ConnectionSetupPageTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private static int _named;

    [Fact]
    public async Task The_seven_steps_lead_to_an_active_connection_and_show_no_secret_on_the_way()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/new?q=fake");
        await browser.OpenAsync(Assert.Single(browser.Page.QuerySelectorAll(".kind-name a")).GetAttribute("href")!);
        var name = NewName();
        await browser.SubmitAsync(new() { ["name"] = name, ["environment"] = "staging" }, "Go on");
        var draft = await DraftAsync(name);
        Assert.Equal($"{At(draft)}/setup?step=app", browser.Address.PathAndQuery);
        Assert.Equal($"{side.Server.Issuer}/connect/accounts/callback/{draft.Id}", browser.Page.QuerySelector(".block code")!.TextContent);

        await browser.SubmitAsync(new() { ["credentials.client_id"] = FakeProvider.ClientId, ["credentials.client_secret"] = FakeProvider.ClientSecret }, "Save and go on");
        Assert.EndsWith("step=scopes", browser.Address.Query, StringComparison.Ordinal);
        Assert.Contains("Read your things", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["scopes"] = "read" }, "Save and go on");
        Assert.EndsWith("step=settings", browser.Address.Query, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["settings.timeout"] = "12", ["settings.return_urls"] = "https://app.example/a\r\nhttps://app.example/b" }, "Save and go on");
        Assert.EndsWith("step=test", browser.Address.Query, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Test it");
        Assert.Contains("Accepted", browser.Page.QuerySelector(".notice-good .notice-title")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeProvider.ClientSecret, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        await browser.OpenAsync($"{At(draft)}/setup?step=activate");
        Assert.Contains("It is active", browser.Text, StringComparison.Ordinal);

        var row = await side.RowAsync(draft.Id);
        Assert.Equal((ConnectionStatus.Active, "staging", """["read"]"""), (row.Status, row.Environment, row.Scopes));
        Assert.Equal((12, 2), (row.ReadSettings().Timeout, row.ReadSettings().ReturnUrls.Count));
    }

    [Fact]
    public async Task A_step_that_stood_open_does_not_take_back_what_somebody_else_set_meanwhile()
    {
        using var browser = await side.MemberAsync();
        var draft = await NewAsync(browser);
        await browser.OpenAsync($"{At(draft)}/setup?step=settings");
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{draft.Id}", new { settings = new { timeout = 99 } });
        await browser.SubmitAsync(new() { ["settings.rate_limit_per_minute"] = "7" }, "Save and go on");
        Assert.Contains("Somebody changed it meanwhile", browser.Text, StringComparison.Ordinal);
        Assert.Equal(99, (await side.RowAsync(draft.Id)).ReadSettings().Timeout);

        await browser.SubmitAsync(button: "Save and go on");
        Assert.EndsWith("step=test", browser.Address.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_leaves_comes_back_to_the_draft_and_a_draft_without_an_app_is_not_activated()
    {
        using var browser = await side.MemberAsync();
        var draft = await NewAsync(browser);
        await browser.OpenAsync($"{All}?status=draft");
        Assert.NotNull(browser.Page.QuerySelector($"a[href='{At(draft)}/setup']"));
        await browser.OpenAsync($"{At(draft)}/setup?step=activate");
        await browser.SubmitAsync(button: "Activate it");

        Assert.Contains("this installation has no shared app", browser.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(ConnectionStatus.Draft, (await side.RowAsync(draft.Id)).Status);
    }

    [Fact]
    public async Task A_name_form_that_is_sent_twice_makes_one_draft_and_another_persons_draft_is_not_taken_for_it()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/new?provider=fake");
        var name = NewName();
        await browser.SubmitAsync(new() { ["name"] = name }, "Go on");
        var first = browser.Address;
        await browser.OpenAsync($"{All}/new?provider=fake");
        await browser.SubmitAsync(new() { ["name"] = name }, "Go on");
        Assert.Equal(first, browser.Address);
        await DraftAsync(name);

        using var other = await side.MemberAsync();
        await other.OpenAsync($"{All}/new?provider=fake");
        await other.SubmitAsync(new() { ["name"] = name, ["description"] = "Kept <b>as</b> it is" }, "Go on");
        Assert.Equal(["#name"], other.FaultyFields());
        Assert.Equal((name, "Kept <b>as</b> it is"), (other.Value("name"), other.Value("description")));
    }

    [Fact]
    public async Task What_is_wrong_is_told_at_its_field_with_what_was_typed_but_no_secret()
    {
        using var browser = await side.MemberAsync();
        var draft = await NewAsync(browser);
        await browser.SubmitAsync(new() { ["credentials.client_id"] = "grüße", ["credentials.client_secret"] = "typed-and-never-sent-back" }, "Save and go on");

        Assert.Equal(["#credentials.client_id"], browser.FaultyFields());
        Assert.Equal("grüße", browser.Value("credentials.client_id"));
        Assert.DoesNotContain("typed-and-never-sent-back", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Null((await side.RowAsync(draft.Id)).Secret);

        await browser.OpenAsync($"{At(draft)}/setup?step=settings");
        await browser.SubmitAsync(new() { ["settings.timeout"] = "soon", ["settings.headers"] = "no sign here" }, "Save and go on");
        Assert.Equal(["#settings.timeout", "#settings.headers"], browser.FaultyFields());
        await browser.SubmitAsync(new() { ["settings.timeout"] = "999", ["settings.headers"] = "Authorization = mine", ["settings.return_urls"] = "http://elsewhere.example/" }, "Save and go on");
        Assert.Equal(["#settings.headers", "#settings.return_urls", "#settings.timeout"], browser.FaultyFields().Order(StringComparer.Ordinal));
        Assert.Equal("999", browser.Value("settings.timeout"));
    }

    [Fact]
    public async Task A_developer_makes_a_draft_and_leaves_the_secret_to_an_admin()
    {
        using var browser = await side.MemberAsync(Role.Developer);
        var draft = await NewAsync(browser);
        Assert.Contains("An admin of the organization decides about this", browser.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("[name='credentials.client_secret']"));
        await browser.PostAsync(side, $"{At(draft)}?", ("act", "save"), ("part", "app"), ("version", $"{draft.Version}"), ("credentials.client_id", "mine"), ("credentials.client_secret", "0123456789abcdef"));
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.Null((await side.RowAsync(draft.Id)).ClientId);
    }

    [Fact]
    public async Task A_key_of_a_provider_takes_the_same_way_with_the_providers_own_fields()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/new?provider=openai");
        var name = NewName();
        await browser.SubmitAsync(new() { ["name"] = name }, "Go on");
        var draft = await DraftAsync(name);
        Assert.DoesNotContain("Scopes", browser.Page.QuerySelector("ol.progress")!.TextContent, StringComparison.Ordinal);
        var field = browser.Page.QuerySelector("input[type=password]")!.GetAttribute("name")!;
        await browser.SubmitAsync(new() { [field] = "not a key" }, "Save and go on");
        Assert.Equal(["#" + field], browser.FaultyFields());
        await browser.SubmitAsync(new() { [field] = "sk-0123456789abcdefghij" }, "Save and go on");

        await browser.OpenAsync(At(draft));
        Assert.Contains("Ends in ghij", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-0123456789abcdefghij", browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_connects_by_a_key_reads_where_it_is_made_and_nothing_of_an_app()
    {
        using var browser = await side.MemberAsync();
        foreach (var (provider, made) in new[] { ("stripe", "https://dashboard.stripe.com/apikeys"), ("github", "https://github.com/settings/tokens"), ("airtable", "https://airtable.com/create/tokens") })
        {
            await browser.OpenAsync($"{All}/new?provider={provider}");
            await browser.SubmitAsync(new() { ["name"] = NewName(), ["auth_type"] = "api_key" }, "Go on");
            var steps = browser.Page.QuerySelector("section[aria-labelledby=there]")!;
            Assert.Equal((made, "Make an API key"), (steps.QuerySelector(".actions a")!.GetAttribute("href"), steps.QuerySelector(".actions a")!.TextContent));
            Assert.Contains("it is shown once", steps.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("OAuth", steps.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("client id", browser.Text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("callback", browser.Text, StringComparison.OrdinalIgnoreCase);
        }

        await browser.OpenAsync("/developer/providers/stripe");
        Assert.Equal(2, browser.Page.QuerySelectorAll("section[aria-labelledby=key-steps] li").Length);
    }

    [Fact]
    public async Task The_test_is_done_when_it_was_passed_and_one_that_failed_says_that_it_is_not_repeated()
    {
        using var browser = await side.MemberAsync();
        var draft = await NewAsync(browser);
        await browser.SubmitAsync(new() { ["credentials.client_id"] = FakeProvider.ClientId, ["credentials.client_secret"] = FakeProvider.ClientSecret }, "Save and go on");
        await browser.OpenAsync($"{At(draft)}/setup?step=activate");
        Assert.Equal(["Provider", "Name", "App", "Scopes", "Settings"], Done(browser));
        await browser.OpenAsync($"{At(draft)}/setup?step=test");
        side.Provider.OnToken(FakeFaults.Status(503));
        await browser.SubmitAsync(button: "Test it");
        Assert.Contains("Wait a while, and test it again", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("it is tried again", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Test", Done(browser));
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await browser.SubmitAsync(button: "Test it again");
        Assert.Contains("Test", Done(browser));
        await browser.OpenAsync($"{At(draft)}/setup?step=activate");
        Assert.Contains("Test", Done(browser));

        // Another secret was not tested.
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{draft.Id}", new { credentials = new { client_secret = "wrong-0123456789" } });
        await browser.OpenAsync($"{At(draft)}/setup?step=activate");
        Assert.DoesNotContain("Test", Done(browser));
    }

    [Fact]
    public async Task A_template_gives_a_draft_the_usual_scopes_and_settings()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/new?provider=slack");
        var (name, bare) = (NewName(), NewName());
        await browser.SubmitAsync(new() { ["name"] = name }, "Go on");
        await browser.OpenAsync($"{All}/new?provider=slack");
        await browser.SubmitAsync(new() { ["name"] = bare, ["template"] = null }, "Go on");

        var (begun, plain) = (await DraftAsync(name), await DraftAsync(bare));
        Assert.Equal((50, 15), (begun.ReadSettings().RateLimit, begun.ReadSettings().Timeout));
        Assert.Equal(["channels:read", "chat:write", "users:read"], begun.ReadScopes());
        Assert.Null(plain.ReadSettings().RateLimit);
    }

    [Fact]
    public async Task A_preset_is_chosen_instead_of_what_is_ticked()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync($"{All}/new?provider=slack");
        var name = NewName();
        await browser.SubmitAsync(new() { ["name"] = name }, "Go on");
        var draft = await DraftAsync(name);
        await browser.OpenAsync($"{At(draft)}/setup?step=scopes");
        await browser.SubmitAsync(new() { ["scope_preset"] = "read_only", ["scopes"] = "chat:write" }, "Save and go on");
        Assert.DoesNotContain("chat:write", (await side.RowAsync(draft.Id)).Scopes, StringComparison.Ordinal);
        await browser.OpenAsync($"{At(draft)}/setup?step=scopes");
        Assert.Equal("read_only", browser.Page.QuerySelector("input[name=scope_preset][checked]")!.GetAttribute("value"));
        await browser.SubmitAsync(new() { ["scope_preset"] = "", ["scopes"] = "chat:write", ["scopes.more"] = "users:read\r\nsome:thing" }, "Save and go on");
        Assert.Equal(["chat:write", "users:read", "some:thing"], (await side.RowAsync(draft.Id)).ReadScopes());
    }

    /// <summary>The steps that are shown as done.</summary>
    private static string[] Done(TestBrowser browser) =>
        [.. browser.Page.QuerySelectorAll("ol.progress li").Where(step => step.QuerySelector(".icon-check") is not null).Select(step => step.FirstElementChild!.TextContent.Split(". ")[1])];

    private static string NewName() => $"Fake set up {Interlocked.Increment(ref _named)}";

    /// <summary>A new draft of the fake provider, in front of its third step.</summary>
    private async Task<Connection> NewAsync(TestBrowser browser)
    {
        var name = NewName();
        await browser.OpenAsync($"{All}/new?provider=fake");
        await browser.SubmitAsync(new() { ["name"] = name }, "Go on");
        return await DraftAsync(name);
    }

    private Task<Connection> DraftAsync(string name) => side.Server.QueryAsync(context => context.Connections.AsNoTracking().SingleAsync(row => row.Name == name));
}
