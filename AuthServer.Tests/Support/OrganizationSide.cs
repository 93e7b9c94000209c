using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Accounts;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Tests.Support;

/// <summary>An organization with one member and that member's developer key, and what its programs ask the REST API.</summary>
public sealed class OrganizationSide
{
    private static int _named;

    private readonly TestServer _server;

    private OrganizationSide(TestServer server, string id, string userId, string key) => (_server, Id, UserId, Key) = (server, id, userId, key);

    public string Id { get; }

    public string UserId { get; }

    /// <summary><c>ag_…</c></summary>
    public string Key { get; }

    public static async Task<OrganizationSide> CreateAsync(TestServer server, Role role = Role.Owner)
    {
        var id = Identifiers.New("acct_", server.Clock.Now);
        await server.QueryAsync(async context =>
        {
            context.Organizations.Add(new Organization { Id = id, Name = "Acme AI", CreatedAt = server.Clock.Now, Version = Guid.NewGuid().ToString() });
            return await context.SaveChangesAsync();
        });
        return await JoinAsync(server, id, role);
    }

    /// <summary>Another member of the same organization.</summary>
    public Task<OrganizationSide> ColleagueAsync(Role role) => JoinAsync(_server, Id, role);

    /// <summary>The same member, calling another node.</summary>
    public OrganizationSide At(TestServer server) => new(server, Id, UserId, Key);

    private static async Task<OrganizationSide> JoinAsync(TestServer server, string id, Role role)
    {
        var (key, now) = (DeveloperKey.Prefix + Handle.New(), server.Clock.Now);
        var user = User.Create($"{Guid.NewGuid():N}@example.com", "Grace Hopper", now);
        await server.QueryAsync(async context =>
        {
            (user.NormalizedUserName, user.NormalizedEmail) = (user.UserName!.ToUpperInvariant(), user.Email!.ToUpperInvariant());
            context.Users.Add(user);
            context.Members.Add(new Member { OrganizationId = id, UserId = user.Id, Role = role, JoinedAt = now });
            context.DeveloperKeys.Add(new DeveloperKey
            {
                Id = Identifiers.New("key_", now),
                OrganizationId = id,
                UserId = user.Id,
                Name = "tests",
                Role = role,
                Hint = key[..7],
                Hash = Handle.ReferenceId(key),
                CreatedAt = now,
            });
            return await context.SaveChangesAsync();
        });
        return new OrganizationSide(server, id, user.Id, key);
    }

    /// <param name="body">JSON text, or something to write as JSON; null: no body.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? ifMatch = null)
    {
        using var http = _server.CreateClient();
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : body is string text ? new StringContent(text, null, "application/json") : JsonContent.Create(body),
        };
        request.Headers.Add("X-Api-Key", Key);
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await http.SendAsync(request);
    }

    /// <summary>The answer's JSON, which must have this status.</summary>
    public async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public Task<JsonElement> GetAsync(string path) => AskAsync(HttpMethod.Get, path);

    public Task<JsonElement> PostAsync(string path, object? body = null) => AskAsync(HttpMethod.Post, path, body);

    /// <summary>A new agent, as the answer to its registration shows it.</summary>
    public Task<JsonElement> RegisterAsync(object? body = null) => AskAsync(HttpMethod.Post, "/api/v1/agents", body ?? Agent(), HttpStatusCode.Created);

    /// <summary>A complete registration, with a name that no other has; members may be replaced, and left out with null.</summary>
    public static JsonObject Agent(params (string Name, JsonNode? Value)[] replaced)
    {
        var agent = new JsonObject
        {
            ["name"] = $"SmartMail {Interlocked.Increment(ref _named)}",
            ["description"] = "AI email assistant",
            ["redirectUris"] = new JsonArray(Redirect),
            ["allowedScopes"] = new JsonArray("email:read", "email:send"),
        };
        foreach (var (name, value) in replaced)
        {
            agent.Remove(name);
            if (value is not null)
            {
                agent[name] = value;
            }
        }

        return agent;
    }

    public const string Redirect = "https://yourapp.example/callback";
}
