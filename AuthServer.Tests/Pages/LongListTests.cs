using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Scopes;
using AuthServer.Tests.Pages.Admin;
using AuthServer.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages;

/// <summary>An installation where there are ten thousand of each thing, and what its pages show of them.</summary>
public sealed class LongLists : IAsyncLifetime
{
    private const int Many = 10_000;

    private readonly AdminSide _side = new();
    private TestBrowser _owner = null!;
    private TestBrowser _admin = null!;

    public string Agent { get; private set; } = "";

    public string Connection { get; private set; } = "";

    public string Webhook { get; private set; } = "";

    public string Person { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await _side.InitializeAsync();
        var nobody = new Rest(_side.Server);
        var developer = await nobody.RegisterDeveloperAsync("Acme AI");
        var (key, organization) = (nobody.As(Text(developer, "apiKey")), Text(developer.GetProperty("organization"), "id"));
        Person = Text(developer.GetProperty("developer"), "id");
        Agent = await MakeAsync(key, "/agents", new { name = "Filer 00000", description = "Files.", allowedScopes = new[] { "email:read" } });
        await MakeAsync(key, "/applications", new { kind = "web", name = "Files", redirectUris = new[] { "https://files.example/callback" } });
        Connection = await MakeAsync(key, "/connections", new { provider = "slack", auth_type = "oauth2", credentials = new { client_id = "a-client-id", client_secret = "a client secret of sixteen" } });
        var account = await MakeAsync(key, "/connected-accounts", new { connection_id = Connection, identifier = "user_00000" });
        Webhook = await MakeAsync(key, "/webhooks", new { url = "https://hooks.example/", events = new[] { "agent.created" } });
        (await key.PostAsync($"/webhooks/{Webhook}/test")).Is(HttpStatusCode.OK);

        await MultiplyAsync("OpenIddictApplications", $"\"Id\" = (SELECT \"ApplicationId\" FROM \"Agents\" WHERE \"Id\" = '{Agent}')", "Id", "ClientId");
        await MultiplyAsync("Agents", $"\"Id\" = '{Agent}'", "Id", "ApplicationId", "Name", "NormalizedName");
        await MultiplyAsync("AspNetUsers", $"\"Id\" = '{Person}'", "Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail");
        await MultiplyAsync("Members", $"\"UserId\" = '{Person}'", "UserId", "Role");
        await MultiplyAsync("ConnectedAccounts", $"\"Id\" = '{account}'", "Id", "Identifier");
        await MultiplyAsync("WebhookDeliveries", "1 = 1", "Id", "EventId");
        await MultiplyAsync("Organizations", $"\"Id\" = '{organization}'", "Id");
        await MultiplyAsync("AuditEvents", $"\"OrganizationId\" = '{organization}'", "Id", "Sequence");

        // As many as there may be of what an organization does not have without end.
        var own = $"\"OrganizationId\" = '{organization}'";
        await MakeAsync(key, "/policies", new { name = "No payments", rules = new[] { new { type = "action_blocklist", config = new { actions = new[] { "payments:charge" } } } } });
        (await key.PostAsync("/scopes", new { name = "robots:00000", title = "Move the robots", description = "They can run into things.", category = "robots", riskLevel = "critical" })).Is(HttpStatusCode.Created);
        (await key.PostAsync("/resources", new { url = "https://robots.example/00000", displayName = "Robots" })).Is(HttpStatusCode.Created);
        await MultiplyAsync(499, "Policies", own, "Id");
        await MultiplyAsync(499, "OrganizationScopes", own, "Name", "Likeness");
        await MultiplyAsync(199, "ProtectedResources", own, "Uri", "Id", "ClientId");
        _side.Server.Services.GetRequiredService<ScopeCatalog>().Forget(organization);
        _owner = await SignInAsync(Text(developer.GetProperty("developer"), "email"), Rest.Password);
        _admin = await _side.AdminAsync();
        await MultiplyAsync(100, "Sessions", $"\"UserId\" = '{Person}'", "Id");
    }

    public async Task DisposeAsync()
    {
        _owner.Dispose();
        _admin.Dispose();
        await _side.DisposeAsync();
    }

    public async Task<TestBrowser> OpenAsync(string page)
    {
        var browser = page.StartsWith("/admin", StringComparison.Ordinal) ? _admin : _owner;
        await browser.GoAsync(page.Replace("{agent}", Agent, StringComparison.Ordinal).Replace("{connection}", Connection, StringComparison.Ordinal)
            .Replace("{webhook}", Webhook, StringComparison.Ordinal).Replace("{person}", Person, StringComparison.Ordinal));
        return browser;
    }

    private async Task<TestBrowser> SignInAsync(string email, string password)
    {
        var browser = new TestBrowser(_side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, password);
        return browser;
    }

    private static async Task<string> MakeAsync(Rest key, string path, object body) => Text((await key.PostAsync(path, body)).Is(HttpStatusCode.Created).Json, "id");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    /// <summary>Rows like these, in which what must differ differs.</summary>
    private Task MultiplyAsync(string table, string where, params string[] differ) => MultiplyAsync(Many, table, where, differ);

    private async Task MultiplyAsync(int count, string table, string where, params string[] differ)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_side.Server.Home, "data", "authserver.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
        var columns = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                columns.Add(reader.GetString(0));
            }
        }

        // An id may itself end in five figures, and looks like one still.
        var values = columns.Select(column => !differ.Contains(column) ? $"\"{column}\""
            : column == "Role" ? $"{(int)Role.Developer}"
            : column == "Sequence" ? "\"Sequence\" + 1000000 + i"
            : column.EndsWith("Id", StringComparison.Ordinal) ? $"substr(\"{column}\", 1, length(\"{column}\") - 8) || printf('fff%05d', i)"
            : $"substr(\"{column}\", 1, length(\"{column}\") - 5) || printf('%05d', i)");
        command.CommandText =
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}), one AS (SELECT * FROM \"{table}\" WHERE {where} LIMIT 1) "
            + $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(column => $"\"{column}\""))}) SELECT {string.Join(", ", values)} FROM one, n";
        Assert.Equal(count, await command.ExecuteNonQueryAsync());
    }
}

/// <summary>A list of ten thousand is shown in pieces that a page can carry.</summary>
public sealed class LongListTests(LongLists lists) : IClassFixture<LongLists>
{
    private const int Heaviest = 60_000;

    [Theory]
    [InlineData("/developer")]
    [InlineData("/developer/agents")]
    [InlineData("/developer/agents/{agent}")]
    [InlineData("/developer/agents/{agent}/activity")]
    [InlineData("/developer/applications")]
    [InlineData("/developer/members")]
    [InlineData("/developer/connections/{connection}/accounts")]
    [InlineData("/developer/delegations")]
    [InlineData("/developer/webhook?id={webhook}")]
    [InlineData("/developer/trail")]
    [InlineData("/developer/usage")]
    [InlineData("/developer/policies/try")]
    [InlineData("/developer/policies/edit")]
    [InlineData("/admin")]
    [InlineData("/admin/people")]
    [InlineData("/admin/people/{person}")]
    [InlineData("/admin/organizations")]
    [InlineData("/admin/clients")]
    [InlineData("/admin/trail")]
    [InlineData("/admin/analytics")]
    [InlineData("/dashboard")]
    [InlineData("/account")]
    public async Task A_page_stays_light(string page)
    {
        var browser = await lists.OpenAsync(page);

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        var weight = (await browser.Response.Content.ReadAsByteArrayAsync()).Length;
        Assert.True(weight < Heaviest, $"{page} weighs {weight} octets.");
    }

    [Theory]
    [InlineData("/developer/agents/new")]
    [InlineData("/developer/agents/{agent}/scopes?change=yes")]
    [InlineData("/developer/agents/{agent}/policies")]
    [InlineData("/developer/applications/new?kind=web")]
    [InlineData("/developer/policies")]
    [InlineData("/developer/scopes")]
    [InlineData("/developer/resource-servers")]
    [InlineData("/account/sessions")]
    public async Task A_page_of_as_many_as_there_may_be_weighs_less_than_its_limit(string page)
    {
        var browser = await lists.OpenAsync(page);

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        var weight = (await browser.Response.Content.ReadAsByteArrayAsync()).Length;
        Assert.True(weight < 90_000, $"{page} weighs {weight} octets.");
    }

    [Fact]
    public async Task An_own_scope_that_is_not_listed_can_be_given_by_its_name()
    {
        var browser = await lists.OpenAsync("/developer/agents/{agent}/scopes?change=yes");
        Assert.Null(browser.Page.QuerySelector("input[value='robots:00499']"));
        await browser.SubmitAsync(new() { ["scopes.more"] = "robots:00499" }, "Save");
        await browser.GoAsync($"/developer/agents/{lists.Agent}/scopes?change=yes");

        Assert.NotNull(browser.Page.QuerySelector("input[value='robots:00499'][checked]"));
    }

    [Theory]
    [InlineData("/developer/agents")]
    [InlineData("/developer/agents/{agent}/policies")]
    [InlineData("/developer/scopes")]
    [InlineData("/account/sessions")]
    [InlineData("/developer/members")]
    [InlineData("/developer/connections/{connection}/accounts")]
    [InlineData("/developer/webhook?id={webhook}")]
    [InlineData("/developer/trail")]
    [InlineData("/admin/people")]
    [InlineData("/admin/organizations")]
    [InlineData("/admin/clients")]
    [InlineData("/admin/trail")]
    public async Task There_is_a_way_to_the_rest(string page)
    {
        var browser = await lists.OpenAsync(page);
        var next = browser.Page.QuerySelector("a[rel=next]");
        Assert.NotNull(next);
        var before = Links(browser);
        await browser.GoAsync(next.GetAttribute("href")!);

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.NotEqual(before, Links(browser));
    }

    private static string Links(TestBrowser browser) => string.Join('\n', browser.Page.QuerySelectorAll("main a").Select(link => link.GetAttribute("href")));
}
