using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Refresh;
using AuthServer.Vault.Secrets;
using AuthServer.Vault.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Support;

/// <summary>A server whose vault knows a <see cref="FakeProvider"/>, and an organization with a connection to it. Connections and accounts are put into the database as they
/// are after somebody made and linked them.</summary>
public sealed class VaultSide : IAsyncDisposable
{
    public const string ProviderId = "fake";

    private VaultSide(FakeProvider provider, TestServer server, OrganizationSide acme, bool owns) => (Provider, Server, Acme, _owns) = (provider, server, acme, owns);

    private readonly bool _owns;

    public FakeProvider Provider { get; }

    public TestServer Server { get; }

    public OrganizationSide Acme { get; }

    public AccountTokens Tokens => Server.Services.GetRequiredService<AccountTokens>();

    /// <param name="change">What the provider's definition says otherwise.</param>
    public static Task<VaultSide> StartAsync(Action<JsonObject>? change = null, params (string Key, string Value)[] settings) => StartAsync(null, change, settings);

    /// <param name="configure">Services in the place of the server's own.</param>
    /// <param name="change">What the provider's definition says otherwise.</param>
    public static async Task<VaultSide> StartAsync(Action<IServiceCollection>? configure, Action<JsonObject>? change, params (string Key, string Value)[] settings)
    {
        var provider = await FakeProvider.StartAsync();
        var server = await TestServer.StartAsync(configure, [.. Settings(provider), .. settings]);
        provider.Clock = server.Clock;
        var side = new VaultSide(provider, server, await OrganizationSide.CreateAsync(server), owns: true);
        await side.DefineAsync(change);
        return side;
    }

    /// <summary>Another node of the same installation.</summary>
    public async Task<VaultSide> NodeAsync(params (string Key, string Value)[] settings)
    {
        var server = await TestServer.StartAsync([.. Settings(Provider), .. settings]);
        return new VaultSide(Provider, server, Acme.At(server), owns: false);
    }

    /// <summary>What lets a server reach the provider.</summary>
    public static (string Key, string Value)[] Settings(FakeProvider provider) =>
    [
        ("AuthServer:Outbound:AllowedPrivateHosts:0", provider.Name),
        ("AuthServer:RateLimits:PerKey", "1000000"),

        // Every account is looked at when a test says so.
        ("AuthServer:Vault:RefreshAhead", "false"),
    ];

    /// <summary>The provider's definition: rotating, good once, no grace.</summary>
    public static JsonObject Definition(FakeProvider provider) => new()
    {
        ["id"] = ProviderId,
        ["name"] = "Fake",
        ["category"] = "developer",
        ["oauth"] = new JsonObject
        {
            ["authorize"] = new JsonObject { ["url"] = provider.AuthorizeUrl.ToString() },
            ["token"] = new JsonObject { ["url"] = provider.TokenUrl.ToString() },
            ["refresh"] = new JsonObject { ["rotation"] = "single_use" },
            ["identity"] = new JsonObject
            {
                ["call"] = new JsonObject { ["method"] = "GET", ["url"] = provider.IdentityUrl.ToString() },
                ["account_key"] = new JsonObject { ["call"] = new JsonArray("sub") },
            },
            ["test"] = new JsonObject { ["call"] = new JsonObject { ["method"] = "GET", ["url"] = provider.IdentityUrl.ToString() } },
        },
        ["api_key"] = new JsonObject
        {
            ["fields"] = new JsonArray(new JsonObject { ["name"] = "api_key", ["label"] = "API key" }),
            ["credential"] = new JsonArray(new JsonObject { ["in"] = "header", ["name"] = "X-Api-Key", ["value"] = "{api_key}" }),
            ["test"] = new JsonObject { ["call"] = new JsonObject { ["method"] = "GET", ["url"] = provider.ApiUrl.ToString() } },
        },
        ["api"] = new JsonObject { ["base_url"] = provider.ApiUrl.ToString() },
    };

    public async Task DefineAsync(Action<JsonObject>? change)
    {
        var definition = Definition(Provider);
        change?.Invoke(definition);
        var faults = new Faults();
        using var json = JsonDocument.Parse(definition.ToJsonString());
        Assert.True(ProviderReading.Read(json.RootElement, faults) is not null, JsonSerializer.Serialize(faults.Problem?.Errors));
        await Server.QueryAsync(async context =>
        {
            var row = await context.OrganizationProviders.FirstOrDefaultAsync(row => row.OrganizationId == Acme.Id && row.Id == ProviderId);
            if (row is null)
            {
                context.OrganizationProviders.Add(row = new OrganizationProvider { OrganizationId = Acme.Id, Id = ProviderId, CreatedAt = Server.Clock.Now });
            }

            (row.Definition, row.UpdatedAt, row.Version) = (definition.ToJsonString(), Server.Clock.Now, Guid.NewGuid().ToString());
            return await context.SaveChangesAsync();
        });
        Server.Services.GetRequiredService<ProviderCatalog>().Forget(Acme.Id);
    }

    public async Task<Connection> ConnectionAsync(ConnectionSettings? settings = null, Action<Connection>? change = null)
    {
        var connection = new Connection
        {
            Id = Identifiers.New(Connection.IdPrefix, Server.Clock.Now),
            OrganizationId = Acme.Id,
            ProviderId = ProviderId,
            Name = $"Fake {Guid.NewGuid():N}",
            Status = ConnectionStatus.Active,
            ClientId = FakeProvider.ClientId,
            Settings = JsonSerializer.Serialize(settings ?? new ConnectionSettings(), ApiJson.Options),
            CreatedAt = Server.Clock.Now,
            UpdatedAt = Server.Clock.Now,
        };
        Keep(connection, ConnectionSecret.ClientSecretName, FakeProvider.ClientSecret);
        change?.Invoke(connection);
        await Server.QueryAsync(async context =>
        {
            context.Connections.Add(connection);
            return await context.SaveChangesAsync();
        });
        return connection;
    }

    /// <summary>One by an API key.</summary>
    public Task<Connection> KeyConnectionAsync(ConnectionSettings? settings = null, Action<Connection>? change = null) => ConnectionAsync(settings, connection =>
    {
        (connection.Auth, connection.ClientId) = (ConnectionAuth.ApiKey, null);
        Keep(connection, "api_key", FakeProvider.ApiKey);
        change?.Invoke(connection);
    });

    /// <summary>An active account with new tokens of the provider's.</summary>
    public async Task<ConnectedAccount> AccountAsync(Connection connection, Action<ConnectedAccount>? change = null, bool refreshable = true)
    {
        var (now, given) = (Server.Clock.GetStoredNow(), Provider.Grants.Give());
        var tokens = new TokenSet
        {
            AccessToken = given.AccessToken,
            RefreshToken = refreshable ? given.RefreshToken : null,
            ExpiresAt = Provider.Rules.SaysExpiry ? now + Provider.Rules.AccessLifetime : null,
            Scopes = ["read"],
        };
        var account = new ConnectedAccount
        {
            Id = Identifiers.New(ConnectedAccount.IdPrefix, now),
            OrganizationId = Acme.Id,
            ConnectionId = connection.Id,
            Identifier = $"user_{Guid.NewGuid():N}",
            IdentifierType = "user_id",
            Status = AccountStatus.Active,
            IsVerified = true,
            GrantedScopes = """["read"]""",
            AccessExpiresAt = tokens.ExpiresAt,
            RefreshAt = tokens.ExpiresAt - TimeSpan.FromMinutes(5),
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
        account.Tokens = Seal(account, tokens);
        change?.Invoke(account);
        await Server.QueryAsync(async context =>
        {
            context.ConnectedAccounts.Add(account);
            return await context.SaveChangesAsync();
        });
        return account;
    }

    public Task<ConnectedAccount> ReadAsync(string accountId) =>
        Server.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().SingleAsync(row => row.Id == accountId));

    /// <summary>As somebody else changes it.</summary>
    public Task ChangeAsync(string accountId, Action<ConnectedAccount> change) => Server.QueryAsync(async context =>
    {
        var row = await context.ConnectedAccounts.SingleAsync(row => row.Id == accountId);
        change(row);
        row.Version++;
        return await context.SaveChangesAsync();
    });

    public string Seal(ConnectedAccount account, TokenSet tokens) => Server.Services.GetRequiredService<SealedTokens>().Seal(tokens, account.TokensPlace);

    public Task<Connection> ReadConnectionAsync(string connectionId) =>
        Server.QueryAsync(context => context.Connections.AsNoTracking().SingleAsync(row => row.Id == connectionId));

    public TokenSet? Open(ConnectedAccount account) => Server.Services.GetRequiredService<SealedTokens>().Open(account.Tokens, account.TokensPlace);

    /// <summary>Tokens as whoever is about to use them gets them.</summary>
    public async Task<Answer<TokenSet>> GetAsync(string accountId) => await Tokens.GetAsync(await ReadAsync(accountId), CancellationToken.None);

    /// <summary>A new agent that may ask for these scopes: its id and its API key.</summary>
    public async Task<(string Id, string Key)> AgentAsync(params string[] scopes)
    {
        var agent = await Acme.RegisterAsync(OrganizationSide.Agent(
            ("name", $"agent {Guid.NewGuid():N}"), ("allowedScopes", new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]))));
        var id = AgentSide.Text(agent, "id");
        var key = await Acme.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = id }, HttpStatusCode.Created);
        return (id, AgentSide.Text(key, "raw_key"));
    }

    /// <summary>Calls the API with a key: an agent's, or else the organization's own.</summary>
    /// <param name="path">Below <c>/api/v1</c>, sent as it is written.</param>
    public async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string? key = null, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(method, new Uri(Server.Issuer + "/api/v1" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })) { Content = content };
        request.Headers.TryAddWithoutValidation(key is null ? "X-Api-Key" : "Authorization", key is null ? Acme.Key : "Bearer " + key);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Every due account is looked at once.</summary>
    public Task RoundAsync() => Server.Services.GetRequiredService<RefreshWork>().RoundAsync(CancellationToken.None);

    /// <summary>What was counted is in the database.</summary>
    public Task WriteUsageAsync() => Server.Services.GetRequiredService<UsageWork>().WriteAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_owns)
        {
            await Provider.DisposeAsync();
        }
    }

    private void Keep(Connection connection, string name, string value) =>
        connection.Keep(new ConnectionSecret(new Dictionary<string, string> { [name] = value }), Server.Services.GetRequiredService<VaultSeal>());
}
