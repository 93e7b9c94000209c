using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Data.OpenIddict;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Scopes;

/// <summary>One server with two organizations side by side: keys of every role, and an agent in each.</summary>
public sealed class TwoOrganizations : IAsyncLifetime
{
    public const string Acme = "acct_01jz0000000000000000000001";
    public const string Rival = "acct_01jz0000000000000000000002";
    public const string AgentScopes = "robots:move robots:* calendar:* files:read";

    public const string Api = "https://api.acme.example";

    public TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await Flows.StartAsync();
        foreach (var organization in new[] { Acme, Rival })
        {
            await AddAsync([new Organization { Id = organization, Name = organization, Version = "1" }, .. Owner(organization), .. Enum.GetValues<Role>().Select(role => Key(organization, role))]);
            await AddAgentAsync(organization, AgentOf(organization));
        }
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>The key of this role.</summary>
    public static string KeyOf(string organization, Role role = Role.Admin) => $"ag_{role}_of_{organization}";

    /// <summary>The client id of the organization's agent.</summary>
    public static string AgentOf(string organization) => "agc_of_" + organization;

    public Task AddAsync(params object[] rows) => Server.QueryAsync(context =>
    {
        context.AddRange(rows);
        return context.SaveChangesAsync();
    });

    /// <summary>An agent with the secret <see cref="Flows.Secret"/>, which may ask for a few scopes and for these resources.</summary>
    public Task AddAgentAsync(string organization, string clientId, params string[] resources)
    {
        var application = new OpenIddictApplication
        {
            Id = Guid.NewGuid().ToString(),
            ClientId = clientId,
            ClientType = "confidential",
            ConsentType = "explicit",
            DisplayName = "The agent of " + organization,
            ConcurrencyToken = "1",
            RedirectUris = ApplicationMapping.Json([Flows.WebRedirect]),
            Permissions = ApplicationMapping.Json(
            [
                "gt:client_credentials", "gt:authorization_code", "gt:refresh_token",
                .. AgentScopes.Split(' ').Select(scope => "scp:" + scope), .. resources.Select(uri => "rsrc:" + uri),
            ]),
        };
        var now = Server.Clock.Now;
        return AddAsync(
            application,
            new ClientSecret { Id = Identifiers.New("sec_", now), ApplicationId = application.Id, Hash = Handle.ReferenceId(Flows.Secret), CreatedAt = now },
            new Agent
            {
                Id = Identifiers.New("agt_", now),
                ApplicationId = application.Id,
                OrganizationId = organization,
                NameScope = organization,
                Name = clientId,
                Type = AgentType.Assistant,
                TrustLevel = TrustLevel.Root,
                Status = AgentStatus.Active,
                Version = "1",
            });
    }

    /// <summary>A request of the REST API with a key, or with none.</summary>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? key, object? body = null, string? ifMatch = null)
    {
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        if (ifMatch is not null)
        {
            request.Headers.Add("If-Match", ifMatch);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiAnswer(response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text), response.Headers.ETag?.Tag, response.Headers.Location?.OriginalString);
    }

    public Task<ApiAnswer> GetAsync(string path, string? key) => SendAsync(HttpMethod.Get, path, key);

    public Task<ApiAnswer> PostAsync(string path, string? key, object body) => SendAsync(HttpMethod.Post, path, key, body);

    /// <summary>Of an API that nobody has registered.</summary>
    public static string NewUrl() => $"https://{Guid.NewGuid():N}.acme.example/mcp";

    /// <summary>Of an agent that there is not yet.</summary>
    public static string NewClientId() => $"agc_{Guid.NewGuid():N}";

    /// <summary>A new API of the organization whose key this is.</summary>
    public async Task<ApiAnswer> RegisterApiAsync(string url, string key, string[]? scopes = null, string[]? introspectors = null)
    {
        var answer = (await PostAsync("/resources", key, new { url, displayName = "The robots", scopes = scopes ?? [], introspectors = introspectors ?? [] })).Ok(HttpStatusCode.Created);
        Assert.Equal($"/api/v1/resources/{answer.Text("id")}", answer.Location);
        return answer;
    }

    /// <summary>An agent asks for a token of its own.</summary>
    public Task<HttpResponseMessage> AskTokenAsync(string agent, string? resource, string? scope = "calendar:read") =>
        Flows.TokenAsync(Server, agent, Flows.Secret, ("grant_type", "client_credentials"), ("scope", scope), ("resource", resource));

    /// <summary>The token that it gets.</summary>
    public async Task<string> TokenAsync(string agent, string resource, string? scope = "calendar:read")
    {
        using var response = await AskTokenAsync(agent, resource, scope);
        return (await TokenSide.OkAsync(response)).GetProperty("access_token").GetString()!;
    }

    /// <summary>What introspection tells this client.</summary>
    public async Task<bool> IsActiveAsync(string clientId, string secret, string token)
    {
        using var response = await Flows.PostAsync(Server, "/connect/introspect", clientId, secret, ("token", token));
        return (await TokenSide.OkAsync(response)).GetProperty("active").GetBoolean();
    }

    internal static object[] Owner(string organization) =>
    [
        new User { Id = "usr_of_" + organization, UserName = organization, NormalizedUserName = organization.ToUpperInvariant(), Email = organization + "@example.com" },
        new Member { OrganizationId = organization, UserId = "usr_of_" + organization, Role = Role.Owner },
    ];

    internal static DeveloperKey Key(string organization, Role role)
    {
        var key = KeyOf(organization, role);
        return new DeveloperKey
        {
            Id = $"key_{role}_of_{organization}",
            OrganizationId = organization,
            UserId = "usr_of_" + organization,
            Name = role.ToString(),
            Role = role,
            Hint = key[..10],
            Hash = Handle.ReferenceId(key),
        };
    }
}

/// <summary>What the REST API answered.</summary>
public sealed record ApiAnswer(HttpStatusCode Status, JsonElement Json, string? ETag, string? Location)
{
    public string Text(string member) => Json.GetProperty(member).GetString()!;

    public IReadOnlyList<string> Texts(string member) => [.. Json.GetProperty(member).EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>The names of a list of scopes.</summary>
    public IReadOnlyList<string> Names => [.. Json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    public ApiAnswer Ok(HttpStatusCode status = HttpStatusCode.OK)
    {
        Assert.True(Status == status, $"{(int)Status}: {Json}");
        return this;
    }

    /// <summary>A problem with this code, and this field's fault where one is named.</summary>
    public void Refused(HttpStatusCode status, string code, string? field = null)
    {
        Assert.True(Status == status, $"{(int)Status}: {Json}");
        Assert.Equal(code, Text("code"));
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        if (field is not null)
        {
            Assert.True(Json.GetProperty("errors").TryGetProperty(field, out _), Json.ToString());
        }
    }
}
