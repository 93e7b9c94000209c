using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.Tokens;
using AuthServer.Tests.ExternalSignIn;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Browser;

/// <summary>A server with the clients, people and resources that the pages are shown with.</summary>
public sealed class Site : IAsyncDisposable
{
    public const string Ada = "ada@example.com";
    public const string Lengthy = "the-person-with-the-longest-address-of-all-in-this-whole-town@department.of.long.names.example";
    public const string OpenIdName = "Acme ID";
    public const string Password = "violet canyon under harbor 41";

    /// <summary>Names with every kind of letter that could break a layout or pose as something else.</summary>
    public const string LongName =
        "Çelik & Überlänge‮ مفكرة الأعمال והיומן 🗓️ Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft раураl <b>Ltd</b>";

    private const string Tools = "https://mcp.example/tools";

    private readonly TestServer _server;
    private readonly DocumentHost _documents;

    private Site(TestServer server, DocumentHost documents, FakeOpenId openId, TestClock clock) => (_server, _documents, OpenId, Clock) = (server, documents, openId, clock);

    /// <summary>Another provider by which people sign in.</summary>
    public FakeOpenId OpenId { get; }

    public TestClock Clock { get; }

    public string Issuer => _server.Issuer;

    public IServiceProvider Services => _server.Services;

    public static Task<Site> StartAsync(params (string Key, string Value)[] settings) => StartAsync(static _ => { }, settings);

    /// <param name="configure">What is registered besides.</param>
    public static Task<Site> StartAsync(Action<IServiceCollection> configure, params (string Key, string Value)[] settings) => StartAsync(configure, Defaults(), settings);

    /// <summary>One where nobody is yet, and nothing.</summary>
    public static Task<Site> StartEmptyAsync() => StartAsync(static _ => { }, [], []);

    private static async Task<Site> StartAsync(Action<IServiceCollection> configure, (string Key, string Value)[] defaults, (string Key, string Value)[] settings)
    {
        // Cookies expire by the browser's clock, so the server's begins at the same time.
        var clock = new TestClock(DateTimeOffset.UtcNow);
        var documents = await DocumentHost.StartAsync();
        var openId = await FakeOpenId.StartAsync();
        openId.Clock = clock;
        var server = await TestServer.StartAsync(
            services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                configure(services);
            },
            [.. defaults, ("AuthServer:Outbound:AllowedPrivateHosts:0", documents.Name), ("AuthServer:Webhooks:AllowedPrivateHosts:0", documents.Name), .. Provider(openId), .. settings]);
        var site = new Site(server, documents, openId, clock);
        await site.DescribeScopesAsync();
        return site;
    }

    /// <summary>An authorization request of one of the clients.</summary>
    /// <param name="more">Further parameters, form-encoded, beginning with an ampersand.</param>
    public string Authorize(string client, string scope, string more = "") =>
        $"{Issuer}/connect/authorize?response_type=code&client_id={Uri.EscapeDataString(client)}&redirect_uri={Uri.EscapeDataString(Redirect(client))}"
        + $"&scope={Uri.EscapeDataString(scope)}&state=xyz&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{more}";

    public string Invitation(string? email, bool administrator = false) =>
        Issuer + Services.GetRequiredService<Invitations>().Create(email, administrator);

    /// <summary>The link by which this address joins a new organization.</summary>
    public async Task<string> JoinLinkAsync(string organization, string email)
    {
        using var nobody = new Rest(_server);
        var registered = await nobody.RegisterDeveloperAsync(organization);
        using var key = nobody.As(registered.GetProperty("apiKey").GetString());
        var invited = await key.PostAsync($"/organizations/{registered.GetProperty("organization").GetProperty("id").GetString()}/invitations", new { email, role = "admin" });
        return invited.Json.GetProperty("link").GetString()!;
    }

    /// <summary>The link by which a person claims an agent that has just registered itself.</summary>
    public async Task<string> ClaimLinkAsync(string name) =>
        new Uri((await UnclaimedSide.StartAsync(_server, name)).GetProperty("claim").GetProperty("url").GetString()!).PathAndQuery;

    /// <summary>A new agent of a new organization, which may do harmless and terrible things.</summary>
    public async Task<SiteAgent> AgentAsync(string name = "SmartMail", string organization = "Acme AI")
    {
        using var nobody = new Rest(_server);
        var registered = await nobody.RegisterDeveloperAsync(organization);
        var key = nobody.As(registered.GetProperty("apiKey").GetString());
        var agent = await key.PostAsync("/agents", new
        {
            name,
            description = "Reads and answers your mail, and files what you want to keep.",
            homepageUrl = "https://smartmail.example",
            redirectUris = new[] { "https://yourapp.example/callback" },
            allowedScopes = new[] { "profile:read", "email:read", "email:send", "files:delete" },
        });
        return new SiteAgent(agent.Is(System.Net.HttpStatusCode.Created).Json, nobody.As(null), key);
    }

    /// <summary>The REST API, as nobody.</summary>
    public Rest Rest() => new(_server);

    public Task<T> QueryAsync<T>(Func<AuthServer.Data.AuthDbContext, Task<T>> query) => _server.QueryAsync(query);

    /// <summary>The request of a client that registered itself.</summary>
    public async Task<string> RegisteredAsync(string name)
    {
        using var http = _server.CreateClient();
        using var answer = await http.PostAsJsonAsync("/connect/register", Metadata(name));
        return AskForTools((await TestServer.JsonAsync(answer)).GetProperty("client_id").GetString()!);
    }

    /// <summary>The request of a client that publishes what it is.</summary>
    public string Published(string name)
    {
        var path = $"/{Guid.NewGuid():N}.json";
        var document = Metadata(name);
        document["client_id"] = _documents.At(path).AbsoluteUri;
        _documents.Serve(path, document.ToJsonString());
        return AskForTools(_documents.At(path).AbsoluteUri);
    }

    /// <summary>A new organization's agents, which delegate to each other, and the address of its owner.</summary>
    public async Task<(DelegationForest Forest, string Owner)> ForestAsync(string organization = "Acme AI")
    {
        using var nobody = new Rest(_server);
        var registered = await nobody.RegisterDeveloperAsync(organization);
        return (new DelegationForest(nobody.As(registered.GetProperty("apiKey").GetString())), registered.GetProperty("developer").GetProperty("email").GetString()!);
    }

    /// <summary>A new organization's webhook, which its receiver answers with this status and was sent a message; its id, and the address of the owner.</summary>
    public async Task<(string Id, string Owner)> WebhookAsync(int status, string organization = "Acme AI", string description = "Deployments")
    {
        var (nobody, path) = (new Rest(_server), $"/{Guid.NewGuid():N}/{new string('a', 100)}");
        var registered = await nobody.RegisterDeveloperAsync(organization);
        var key = nobody.As(registered.GetProperty("apiKey").GetString());
        _documents.Serve(path, "{}", status: status);
        var made = await key.PostAsync("/webhooks", new { url = _documents.At(path), events = WebhookEventKinds.Names, description });
        var id = made.Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        (await key.PostAsync($"/webhooks/{id}/test")).Is(System.Net.HttpStatusCode.OK);
        await Services.GetRequiredService<WebhookWork>().FinishAsync(default);
        return (id, registered.GetProperty("developer").GetProperty("email").GetString()!);
    }

    /// <summary>A link by which somebody connects Slack for a new organization.</summary>
    /// <param name="identifier">The account's owner.</param>
    public Task<string> ConnectLinkAsync(string organization = "Acme AI", string identifier = "user_123", params string[] optional) =>
        ConnectLinkAsync("slack", ["channels:read", "chat:write", "users:read", "users:read.email"], organization, identifier, optional);

    /// <summary>The same of any provider.</summary>
    public async Task<string> ConnectLinkAsync(string provider, string[] scopes, string organization, string identifier, params string[] optional)
    {
        var nobody = new Rest(_server);
        var key = nobody.As((await nobody.RegisterDeveloperAsync(organization)).GetProperty("apiKey").GetString());
        var agent = await key.PostAsync("/agents", new { name = "Release notes bot", description = "Writes what is new.", allowedScopes = new[] { "email:read" } });
        var connection = await key.PostAsync("/connections", new
        {
            provider,
            auth_type = "oauth2",
            credentials = new { client_id = "a-client-id", client_secret = "a client secret of sixteen" },
            scopes,
            return_check = "none",
        });
        var account = await key.PostAsync("/connected-accounts", new { connection_id = Id(connection), identifier });
        return (await key.PostAsync($"/connected-accounts/{Id(account)}/auth-url", new { optional_scopes = optional, agent_id = agent.Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString() }))
            .Is(System.Net.HttpStatusCode.OK).Json.GetProperty("url").GetString()!;

        static string Id(RestAnswer answer) => answer.Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
    }

    /// <summary>A new organization that has connections, one account of its owner's and one of its own; the owner's address and the first account's id.</summary>
    public async Task<(string Owner, string AccountId)> ConnectedAsync(string organization = "Acme AI", string name = "ada@example.com")
    {
        var nobody = new Rest(_server);
        var registered = await nobody.RegisterDeveloperAsync(organization);
        var key = nobody.As(registered.GetProperty("apiKey").GetString());
        var (organizationId, person) = (registered.GetProperty("organization").GetProperty("id").GetString()!, registered.GetProperty("developer").GetProperty("id").GetString()!);
        List<string> accounts = [];
        foreach (var (provider, type, identifier) in new[] { ("slack", "user_id", person), ("gmail", "org_id", organizationId) })
        {
            var connection = await key.PostAsync("/connections", new { provider, auth_type = "oauth2", credentials = new { client_id = "a-client-id", client_secret = "a client secret of sixteen" } });
            var account = await key.PostAsync("/connected-accounts", new { connection_id = Id(connection), identifier, identifier_type = type });
            accounts.Add(Id(account));
        }

        var (seal, now) = (Services.GetRequiredService<SealedTokens>(), Clock.GetStoredNow());
        await QueryAsync(async context =>
        {
            foreach (var row in await context.ConnectedAccounts.Where(row => accounts.Contains(row.Id)).ToListAsync())
            {
                row.Tokens = seal.Seal(new TokenSet { AccessToken = "a token", RefreshToken = "another" }, row.TokensPlace);
                (row.Status, row.ConnectedAt, row.LastUsedAt, row.ProviderName, row.AccessExpiresAt) = (AccountStatus.Active, now, now, name, now.AddHours(1));
                (row.GrantedScopes, row.AskedScopes) = ("""["channels:read","chat:write"]""", """["channels:read","chat:write","users:read"]""");
                if (row.UserId is null)
                {
                    (row.Status, row.Fault, row.GrantedScopes, row.AskedScopes) = (AccountStatus.Expired, "account_expired", null, null);
                }
            }

            return await context.SaveChangesAsync();
        });
        return (registered.GetProperty("developer").GetProperty("email").GetString()!, accounts[0]);

        static string Id(RestAnswer answer) => answer.Is(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
    }

    /// <summary>A new organization: its key, its id, and the address of its owner.</summary>
    public async Task<(Rest Key, string Id, string Owner)> OrganizationAsync(string name = "Acme AI")
    {
        var nobody = new Rest(_server);
        var registered = await nobody.RegisterDeveloperAsync(name);
        return (
            nobody.As(registered.GetProperty("apiKey").GetString()),
            registered.GetProperty("organization").GetProperty("id").GetString()!,
            registered.GetProperty("developer").GetProperty("email").GetString()!);
    }

    /// <summary>An address outside the server that always answers with this status.</summary>
    public Uri Elsewhere(int status)
    {
        var path = $"/{Guid.NewGuid():N}";
        _documents.Serve(path, "{}", status: status);
        return _documents.At(path);
    }

    /// <summary>From now on that address answers with another status.</summary>
    public void Answer(Uri elsewhere, int status) => _documents.Serve(elsewhere.AbsolutePath, "{}", status: status);

    /// <summary>What came of a link that was opened: its page.</summary>
    public async Task<string> EndLinkAsync(string link, Action<AccountLink> ended)
    {
        var hash = Handle.ReferenceId(link.Split('/')[^1]);
        await using var context = await Services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        var row = await context.AccountLinks.SingleAsync(row => row.HandleHash == hash);
        ended(row);
        if (row.Stage == LinkStage.Choosing)
        {
            var offered = new OfferedField("cloud_id", [.. Enumerable.Range(1, 3).Select(i => new OfferedValue($"00000000-0000-0000-0000-00000000000{i}", $"site-{i}"))]);
            row.Tokens = Services.GetRequiredService<SealedTokens>().Seal(new TokenSet { AccessToken = "a token", Offered = [offered] }, row.TokensPlace);
        }

        await context.SaveChangesAsync();
        return $"/connect/accounts/done?link={row.Id}";
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _documents.DisposeAsync();
        await OpenId.DisposeAsync();
    }

    private string AskForTools(string clientId) => Authorize(clientId, "tools.call offline_access", "&resource=" + Uri.EscapeDataString(Tools));

    private static JsonObject Metadata(string name) => new()
    {
        ["client_name"] = name,
        ["redirect_uris"] = new JsonArray(Redirect("")),
        ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
        ["response_types"] = new JsonArray("code"),
        ["token_endpoint_auth_method"] = "none",
    };

    private static string Redirect(string client) => client switch
    {
        "notes-cli" => "http://127.0.0.1:7777/callback",
        "long" => "https://xn--bcher-kva.a-very-long-host-name-that-goes-on-and-on.and-on-and-on.example:8443/callback",
        _ => "https://calendar.example/callback",
    };

    /// <summary>From now on an organization's connection keeps what people agree to.</summary>
    public async Task KeepAsync()
    {
        if (await QueryAsync(context => context.Connections.AnyAsync(row => row.Id == KeptAccessTests.ConnectionId)))
        {
            return;
        }

        using var nobody = new Rest(_server);
        var organization = (await nobody.RegisterDeveloperAsync("Acme & Sons")).GetProperty("organization").GetProperty("id").GetString()!;
        await QueryAsync(context =>
        {
            context.Connections.Add(KeptAccessTests.ConnectionOf(organization, FakeOpenId.ClientId));
            return context.SaveChangesAsync();
        });
    }

    private static (string Key, string Value)[] Provider(FakeOpenId openId) =>
    [
        ("AuthServer:SignIn:External:0:Id", "acme"),
        ("AuthServer:SignIn:External:0:Name", OpenIdName),
        ("AuthServer:SignIn:External:0:Issuer", openId.Issuer),
        ("AuthServer:SignIn:External:0:ClientId", FakeOpenId.ClientId),
        ("AuthServer:SignIn:External:0:ClientSecret", FakeOpenId.Secret),
        ("AuthServer:SignIn:External:0:Connection", KeptAccessTests.ConnectionId),
        ("AuthServer:Outbound:AllowedPrivateHosts:1", openId.Name),
    ];

    private static (string Key, string Value)[] Defaults() =>
    [
        .. Client(0, "calendar", "Acme Calendar", "openid profile email address phone offline_access calendar.read calendar.write", secret: true),
        ("AuthServer:Clients:0:PostLogoutRedirectUris:0", "https://calendar.example/bye"),
        .. Client(1, "notes-cli", "Notes for the terminal", "openid profile offline_access", secret: false),
        ("AuthServer:Clients:1:ApplicationType", "native"),
        ("AuthServer:Clients:1:RedirectUris:1", "http://[::1]/callback"),
        .. Client(2, "long", LongName, "openid profile calendar.read a-scope-that-nobody-described:and-that-has-a-very-long-name-without-any-space", secret: true),
        .. Client(3, "machine-like", "Reports", "calendar.read calendar.write", secret: true),
        ("AuthServer:Resources:0:Url", "https://api.calendar.example"),
        ("AuthServer:Resources:0:DisplayName", "Acme Calendar API"),
        ("AuthServer:Resources:1:Url", "https://files.example/a/very/long/path/to/a/resource/that/goes/on/and/on/and/on/and/on"),
        ("AuthServer:Resources:2:Url", Tools),
        ("AuthServer:Resources:2:DisplayName", "Acme tools"),
        ("AuthServer:Resources:2:SelfRegisteredClients", "true"),
        ("AuthServer:Resources:2:Scopes:0", "tools.call"),
        .. Person(0, Ada, "Ada Lovelace"),
        .. Person(1, Lengthy, LongName),
        .. Person(2, "nameless@example.com", ""),
    ];

    private static (string Key, string Value)[] Client(int index, string id, string name, string scopes, bool secret)
    {
        var at = $"AuthServer:Clients:{index}:";
        (string Key, string Value)[] client =
        [
            (at + "ClientId", id),
            (at + "DisplayName", name),
            (at + "RedirectUris:0", Redirect(id)),
            (at + "GrantTypes:0", "authorization_code"),
            (at + "GrantTypes:1", "refresh_token"),
            (at + "Resources:0", "https://api.calendar.example"),
            (at + "Resources:1", "https://files.example/a/very/long/path/to/a/resource/that/goes/on/and/on/and/on/and/on"),
            (secret ? at + "ClientSecret" : at + "ClientType", secret ? "a-secret-of-the-tests-and-of-nobody-else" : "public"),
        ];
        return [.. client, .. scopes.Split(' ').Select((scope, i) => ($"{at}Scopes:{i}", scope))];
    }

    private static (string Key, string Value)[] Person(int index, string email, string name) =>
    [
        ($"AuthServer:Users:{index}:Email", email),
        ($"AuthServer:Users:{index}:Name", name),
        ($"AuthServer:Users:{index}:Password", Password),
    ];

    private Task<int> DescribeScopesAsync() => QueryAsync(context =>
    {
        context.Scopes.AddRange(
            new OpenIddictScope
            {
                Id = "1",
                Name = "calendar.read",
                DisplayName = "See your calendar",
                Description = "Every entry, with its time, place and guests.",
                ConcurrencyToken = "1",
            },
            new OpenIddictScope { Id = "2", Name = "calendar.write", DisplayName = "Change your calendar", ConcurrencyToken = "2" });
        return context.SaveChangesAsync();
    });
}
