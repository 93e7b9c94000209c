using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Support;

/// <summary>A server, a <see cref="FakeProvider"/> that it may reach, and an organization whose people link accounts there with browsers of their own.</summary>
public class ConnectSide : IAsyncLifetime
{
    public const string Route = "/api/v1/connected-accounts";
    public const string ProviderId = "fake";
    public const string Callback = "https://app.example/connected";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private int _made;

    public FakeProvider Provider { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    public OrganizationSide Acme { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Provider = await FakeProvider.StartAsync();
        Server = await TestServer.StartAsync([("AuthServer:Outbound:AllowedPrivateHosts:0", Provider.Name), ("AuthServer:RateLimits:PerKey", "1000000"), .. await SettingsAsync()]);
        Provider.Clock = Server.Clock;
        Acme = await OrganizationSide.CreateAsync(Server);
        await DefineAsync(Acme.Id);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
    }

    /// <summary>Which database it is on.</summary>
    protected virtual Task<(string Key, string Value)[]> SettingsAsync() => Task.FromResult<(string, string)[]>([]);

    /// <summary>The provider's definition, as an organization stores its own.</summary>
    public async Task<string> DefineAsync(string organizationId, Action<JsonObject>? change = null, string? id = null)
    {
        var definition = Definition(id ?? ProviderId);
        change?.Invoke(definition);
        await Server.QueryAsync(async context =>
        {
            context.OrganizationProviders.Add(new OrganizationProvider
            {
                OrganizationId = organizationId,
                Id = id ?? ProviderId,
                Definition = definition.ToJsonString(),
                CreatedAt = Server.Clock.Now,
                UpdatedAt = Server.Clock.Now,
                Version = Guid.NewGuid().ToString(),
            });
            return await context.SaveChangesAsync();
        });
        Server.Services.GetRequiredService<ProviderCatalog>().Forget(organizationId);
        return id ?? ProviderId;
    }

    /// <summary>A connection whose provider says something else.</summary>
    public async Task<Connection> ConnectionAsync(Action<JsonObject> provider, Action<Connection>? change = null, ConnectionSettings? settings = null)
    {
        var id = await DefineAsync(Acme.Id, provider, $"fake_{Interlocked.Increment(ref _made)}");
        return await ConnectionAsync(
            connection =>
            {
                connection.ProviderId = id;
                change?.Invoke(connection);
            },
            settings);
    }

    /// <summary>An active connection that wants <c>read</c> and <c>write</c>, and may send people back to <see cref="Callback"/>.</summary>
    public async Task<Connection> ConnectionAsync(Action<Connection>? change = null, ConnectionSettings? settings = null)
    {
        var now = Server.Clock.Now;
        var connection = new Connection
        {
            Id = Identifiers.New(Connection.IdPrefix, now),
            OrganizationId = Acme.Id,
            ProviderId = ProviderId,
            Name = $"Fake {Interlocked.Increment(ref _made)}",
            Status = ConnectionStatus.Active,
            ClientId = FakeProvider.ClientId,
            Scopes = """["read","write"]""",
            Settings = JsonSerializer.Serialize(settings ?? new ConnectionSettings { ReturnUrls = [Callback] }, ApiJson.Options),
            ReturnCheck = ReturnCheck.None,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var secret = new ConnectionSecret(new Dictionary<string, string> { [ConnectionSecret.ClientSecretName] = FakeProvider.ClientSecret });
        connection.Keep(secret, Server.Services.GetRequiredService<VaultSeal>());
        change?.Invoke(connection);
        await Server.QueryAsync(async context =>
        {
            context.Connections.Add(connection);
            return await context.SaveChangesAsync();
        });
        return connection;
    }

    /// <summary>A new account, to be linked.</summary>
    public async Task<JsonElement> AccountAsync(Connection connection, string? identifier = null, string type = "user_id") => await Acme.AskAsync(
        HttpMethod.Post, Route, new { connection_id = connection.Id, identifier = identifier ?? $"user_{Guid.NewGuid():N}", identifier_type = type }, HttpStatusCode.Created);

    public Task<JsonElement> ReadAsync(JsonElement account) => Acme.GetAsync($"{Route}/{IdOf(account)}");

    /// <summary>The address of a new link.</summary>
    public async Task<string> LinkAsync(JsonElement account, object? asked = null) =>
        (await Acme.AskAsync(HttpMethod.Post, $"{Route}/{IdOf(account)}/auth-url", asked ?? new { }, HttpStatusCode.OK)).GetProperty("url").GetString()!;

    public TestBrowser Browser() => new(Server);

    /// <summary>Opens a link and goes out: the provider's address.</summary>
    public static async Task<Uri> GoOutAsync(TestBrowser browser, string link, Dictionary<string, string?>? form = null)
    {
        await browser.GoAsync(link);
        Assert.True(browser.Response.StatusCode == HttpStatusCode.OK, browser.Text);
        await browser.SubmitAsync(form, "Connect");
        var go = browser.Page.QuerySelector("#go");
        Assert.True(go is not null, browser.Text);
        return new Uri(go.GetAttribute("href")!);
    }

    /// <summary>Agrees at the provider, or whatever its rules say: the address that it sends the browser back to.</summary>
    public async Task<Uri> AgreeAsync(Uri address)
    {
        using var response = await _http.GetAsync(address);
        return response.Headers.Location!;
    }

    /// <summary>The whole way in one browser; where it goes in the end, or null where it stays here.</summary>
    public async Task<Uri?> ConnectAsync(TestBrowser browser, string link, Dictionary<string, string?>? form = null)
    {
        await browser.GoAsync((await AgreeAsync(await GoOutAsync(browser, link, form))).ToString());
        return browser.Left;
    }

    /// <summary>A new person who is signed in in a browser of theirs, and a member of the organization.</summary>
    public async Task<(TestBrowser Browser, string Id, string Email)> PersonAsync(bool isMember = true, Role role = Role.Developer)
    {
        var (browser, email) = (Browser(), $"{Guid.NewGuid():N}@example.com");
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = "Some Body", ["Password"] = Flows.Password });
        var id = await BrowserSide.SubjectAsync(browser);
        if (isMember)
        {
            await Server.QueryAsync(async context =>
            {
                context.Members.Add(new Member { OrganizationId = Acme.Id, UserId = id, Role = role, JoinedAt = Server.Clock.Now });
                return await context.SaveChangesAsync();
            });
        }

        return (browser, id, email);
    }

    /// <summary>Goes the whole way, and redeems the code that comes back as the organization's backend does.</summary>
    public async Task<string> CodeAsync(JsonElement account, object? asked = null)
    {
        using var browser = Browser();
        var left = await ConnectAsync(browser, await LinkAsync(account, asked));
        Assert.True(left is not null, browser.Text);
        return Flows.Query(left)["code"];
    }

    /// <summary>The refusals in the trail that are about a connection.</summary>
    public async Task<string[]> RefusalsAsync(Connection connection) =>
        [.. (await Server.TrailAsync("account.refused")).Where(row => row.Detail!.Contains(connection.Id, StringComparison.Ordinal)).Select(row => row.Reason ?? "")];

    /// <summary>A linked account.</summary>
    public async Task<JsonElement> ConnectedAsync(Connection connection, string? identifier = null, FakePerson? person = null)
    {
        var before = Provider.Person;
        Provider.Person = person ?? before;
        var account = await AccountAsync(connection, identifier);
        using var browser = Browser();
        await ConnectAsync(browser, await LinkAsync(account));
        Provider.Person = before;
        var linked = await ReadAsync(account);
        Assert.Equal("active", linked.GetProperty("status").GetString());
        return linked;
    }

    public Task<ConnectedAccount> RowAsync(JsonElement account) =>
        Server.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync(row => row.Id == IdOf(account)));

    /// <summary>What the vault keeps for an account.</summary>
    public async Task<TokenSet?> TokensAsync(JsonElement account)
    {
        var row = await RowAsync(account);
        return Server.Services.GetRequiredService<SealedTokens>().Open(row.Tokens, row.TokensPlace);
    }

    public static string IdOf(JsonElement account) => account.GetProperty("id").GetString()!;

    private JsonObject Definition(string id) => new()
    {
        ["id"] = id,
        ["name"] = "Fake",
        ["category"] = "developer",
        ["oauth"] = new JsonObject
        {
            ["authorize"] = new JsonObject { ["url"] = Provider.AuthorizeUrl.ToString() },
            ["token"] = new JsonObject { ["url"] = Provider.TokenUrl.ToString() },
            ["scopes"] = new JsonObject
            {
                ["known"] = new JsonArray(
                    new JsonObject { ["name"] = "read", ["words"] = "read your things", ["access"] = "read" },
                    new JsonObject { ["name"] = "write", ["words"] = "change your things", ["access"] = "write" }),
            },
            ["identity"] = new JsonObject
            {
                ["call"] = new JsonObject { ["method"] = "GET", ["url"] = Provider.IdentityUrl.ToString() },
                ["account_key"] = new JsonObject { ["call"] = new JsonArray("sub") },
                ["email_path"] = "email",
            },
            ["revocation"] = new JsonObject
            {
                ["call"] = new JsonObject
                {
                    ["method"] = "POST",
                    ["url"] = Provider.RevocationUrl.ToString(),
                    ["authentication"] = "none",
                    ["format"] = "form",
                    ["fields"] = new JsonObject { ["token"] = "{token}" },
                },
            },
        },
        ["api"] = new JsonObject { ["base_url"] = Provider.ApiUrl.ToString() },
    };
}
