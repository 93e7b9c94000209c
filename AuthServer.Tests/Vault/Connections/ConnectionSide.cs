using System.Net;
using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>A server with an organization, and what its members ask about connections.</summary>
public sealed class ConnectionSide : IAsyncLifetime
{
    public const string Route = "/api/v1/connections";
    public const string Send = "https://www.googleapis.com/auth/gmail.send";

    /// <summary>Settings beside the usual ones.</summary>
    public (string Key, string Value)[] More { get; init; } = [];

    public TestServer Server { get; private set; } = null!;

    /// <summary>Its owner.</summary>
    public OrganizationSide Owner { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync([("AuthServer:RateLimits:PerKey", "100000"), .. More]);
        Owner = await OrganizationSide.CreateAsync(Server);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>As the seed makes one, with a name that no other has.</summary>
    public static object Gmail(string? name = null) => new
    {
        provider = "gmail",
        auth_type = "oauth2",
        name = name ?? $"Gmail {Guid.NewGuid():N}",
        credentials = new { client_id = "your-gmail-client-id", client_secret = "your-gmail-client-secret" },
        scopes = new[] { Send },
    };

    public Task<JsonElement> CreateAsync(object? body = null, OrganizationSide? by = null) => (by ?? Owner).AskAsync(HttpMethod.Post, Route, body ?? Gmail(), HttpStatusCode.Created);

    public async Task<string> NewAsync(object? body = null) => Id(await CreateAsync(body));

    public static string Id(JsonElement item) => item.GetProperty("id").GetString()!;

    public static string Path(string id, string more = "") => $"{Route}/{id}{more}";

    public async Task<RestAnswer> TryAsync(HttpMethod method, string path, object? body = null, OrganizationSide? by = null, string? ifMatch = null) =>
        await RestAnswer.ReadAsync(await (by ?? Owner).SendAsync(method, path, body, ifMatch));

    public Task<RestAnswer> PatchAsync(string id, object body, OrganizationSide? by = null, string? ifMatch = null) => TryAsync(HttpMethod.Patch, Path(id), body, by, ifMatch);

    public async Task<string[]> IdsAsync(string query, OrganizationSide? by = null) =>
        [.. (await (by ?? Owner).GetAsync(Route + query)).GetProperty("data").EnumerateArray().Select(Id)];

    public Task<OrganizationSide> ColleagueAsync(Role role) => Owner.ColleagueAsync(role);

    /// <summary>An account that is connected by it.</summary>
    public Task<string> AccountAsync(string connectionId, string organizationId, string token) => Server.QueryAsync(async context =>
    {
        var now = Server.Clock.Now;
        var account = new ConnectedAccount
        {
            Id = AuthServer.Protocol.Identifiers.New(ConnectedAccount.IdPrefix, now),
            OrganizationId = organizationId,
            ConnectionId = connectionId,
            Identifier = Guid.NewGuid().ToString("N"),
            IdentifierType = "user_id",
            Status = AccountStatus.Active,
            CreatedAt = now,
            UpdatedAt = now,
        };
        account.Tokens = Server.Services.GetRequiredService<SealedTokens>().Seal(new TokenSet { AccessToken = token }, account.TokensPlace);
        context.ConnectedAccounts.Add(account);
        await context.SaveChangesAsync();
        return account.Id;
    });
}
