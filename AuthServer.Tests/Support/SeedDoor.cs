using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace AuthServer.Tests.Support;

/// <summary>How an agent comes in.</summary>
public enum Door
{
    Tools,
    Rest,
}

/// <summary>Runs a theory through the MCP tools, and again through REST.</summary>
public sealed class BothDoorsAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Door.Tools], [Door.Rest]];
}

/// <summary>What the seed's agent does, by the one door or the other. Answers have the shape of the tools'.</summary>
public sealed record SeedDoor(TestServer Server, Door Door)
{
    private McpCalls Mcp => new(Server);

    private bool IsRest => Door == Door.Rest;

    /// <summary>What an answer that made something has for a status: tools know no other than 200.</summary>
    private int Made => IsRest ? 201 : 200;

    public async Task<SeedAgent> StartAsync(string? name = null)
    {
        var made = await StartedAsync(name ?? $"agent {Guid.NewGuid():N}");
        made.Is(Made);
        return new SeedAgent(this, made.Member("agent").GetProperty("id").GetString()!, made.Text("api_key"), made);
    }

    public async Task<SeedAnswer> StartedAsync(string name, string type = "autonomous", string? description = null) => IsRest
        ? Flat(await RestAsync(HttpMethod.Post, "/agents/quickstart", new { name, agent_type = type, description }), "token")
        : await ToolAsync("quickstart", new { name, agent_type = type, description });

    public Task<SeedAnswer> DiscoverAsync() => IsRest ? DocumentAsync("/.well-known/agent-configuration") : ToolAsync("discover", new { });

    public Task<SeedAnswer> AuthenticateAsync(string key, params string[] scopes) => IsRest
        ? RestAsync(HttpMethod.Post, "/auth/token", new { grant_type = "client_credentials", client_secret = key, scope = scopes.Length == 0 ? null : string.Join(' ', scopes) })
        : ToolAsync("authenticate", scopes.Length == 0 ? new { api_key = key } : new { api_key = key, scopes });

    public Task<SeedAnswer> RefreshAsync(string refreshToken) => IsRest
        ? RestAsync(HttpMethod.Post, "/auth/token", new { grant_type = "refresh_token", refresh_token = refreshToken })
        : ToolAsync("refresh_token", new { refresh_token_value = refreshToken });

    /// <summary>By REST the agent proves itself; the tool takes the token for a proof.</summary>
    public Task<SeedAnswer> IntrospectAsync(string key, string token) => IsRest
        ? RestAsync(HttpMethod.Post, "/auth/token/introspect", new { client_secret = key, token })
        : ToolAsync("introspect_token", new { token });

    public Task<SeedAnswer> RevokeAsync(string key, string token) => IsRest
        ? RestAsync(HttpMethod.Post, "/auth/token/revoke", new { client_secret = key, token })
        : ToolAsync("revoke_token", new { token });

    public Task<SeedAnswer> ListAsync(string token) => IsRest
        ? RestAsync(HttpMethod.Get, "/agents?limit=100", null, token)
        : ToolAsync("list_agents", new { access_token = token, limit = 100 });

    public Task<SeedAnswer> FindAsync(string token, string id) => IsRest
        ? RestAsync(HttpMethod.Get, "/agents/" + id, null, token)
        : ToolAsync("get_agent", new { access_token = token, agent_id = id });

    public async Task<SeedAnswer> MakeKeyAsync(string token, string agentId, params string[] scopes)
    {
        var said = scopes.Length == 0 ? null : scopes;
        return IsRest
            ? Flat(await RestAsync(HttpMethod.Post, "/credentials", new { agent_id = agentId, scopes = said }, token), "credential")
            : await ToolAsync("create_credential", new { access_token = token, agent_id = agentId, scopes = said });
    }

    public async Task<SeedAnswer> RotateKeyAsync(string token, string id)
    {
        if (!IsRest)
        {
            return await ToolAsync("rotate_credential", new { access_token = token, credential_id = id });
        }

        var answer = await RestAsync(HttpMethod.Post, $"/credentials/{id}/rotate", null, token);
        if (answer.Status == 200)
        {
            answer.Json["old_credential_id"] = answer.Json["old_credential"]!["id"]!.DeepClone();
        }

        return Flat(answer, "new_credential");
    }

    public Task<SeedAnswer> RevokeKeyAsync(string token, string id) => IsRest
        ? RestAsync(HttpMethod.Delete, "/credentials/" + id, null, token)
        : ToolAsync("revoke_credential", new { access_token = token, credential_id = id });

    public Task<SeedAnswer> DelegateAsync(string token, string delegateId, string[] scopes, int depth = 3, int? hours = null) => IsRest
        ? RestAsync(HttpMethod.Post, "/delegations", new { delegate_agent_id = delegateId, scopes, max_chain_depth = depth, expires_in_hours = hours }, token)
        : ToolAsync("create_delegation", new { access_token = token, delegate_agent_id = delegateId, scopes, max_chain_depth = depth, expires_in_hours = hours });

    public Task<SeedAnswer> CheckAsync(string token, string agentId, string action, string resource) => IsRest
        ? RestAsync(HttpMethod.Post, "/policies/evaluate", new { agent_id = agentId, action, resource }, token)
        : ToolAsync("check_permission", new { access_token = token, agent_id = agentId, action, resource });

    /// <summary>The answer of one tool; its error where it is one.</summary>
    public async Task<SeedAnswer> ToolAsync(string tool, object arguments)
    {
        var given = JsonSerializer.SerializeToNode(arguments)!.AsObject();
        foreach (var absent in given.Where(argument => argument.Value is null).Select(argument => argument.Key).ToArray())
        {
            given.Remove(absent);
        }

        var answer = await Mcp.CallAsync(tool, given);
        var result = JsonNode.Parse(answer.Message.GetProperty("result").GetRawText())!.AsObject();
        var failed = (bool?)result["isError"] == true;
        return failed
            ? new SeedAnswer(answer.ToolError.GetProperty("status_code").GetInt32(), JsonNode.Parse(answer.ToolError.GetRawText())!.AsObject())
            : new SeedAnswer(200, result["structuredContent"]!.AsObject());
    }

    private async Task<SeedAnswer> RestAsync(HttpMethod method, string path, object? body, string? token = null)
    {
        using var rest = new Rest(Server, token);
        var answer = await rest.SendAsync(method, path, body);
        return new SeedAnswer((int)answer.Status, answer.Text.Length == 0 ? [] : JsonNode.Parse(answer.Text)!.AsObject());
    }

    private async Task<SeedAnswer> DocumentAsync(string path)
    {
        using var http = Server.CreateClient();
        using var response = await http.GetAsync(path);
        return new SeedAnswer((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }

    /// <summary>REST answers with what it made inside; tools with its members beside the rest.</summary>
    private static SeedAnswer Flat(SeedAnswer answer, string inner)
    {
        if (answer.Json[inner] is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                answer.Json[name] = value?.DeepClone();
            }
        }

        return answer;
    }
}

/// <summary>An agent that registered itself.</summary>
public sealed record SeedAgent(SeedDoor Door, string Id, string Key, SeedAnswer Started)
{
    public string Token => Started.Text("access_token");

    public string RefreshToken => Started.Text("refresh_token");

    public string KeyId => Started.Text("credential_id");

    public async Task<bool> IsActiveAsync(string token) => (await Door.IntrospectAsync(Key, token)).Is(200).Flag("active");
}

/// <summary>What a door answered.</summary>
public sealed record SeedAnswer(int Status, JsonObject Json)
{
    /// <summary>The error's word: a problem's code, or the error of OAuth.</summary>
    public string? Code => (string?)Json["code"] ?? (string?)Json["error"];

    public SeedAnswer Is(int status, string? code = null)
    {
        Assert.True(Status == status && (code is null || code == Code), $"{Status} instead of {status} {code}: {Json.ToJsonString()}");
        return this;
    }

    /// <summary>Something was made: 201, which tools do not know.</summary>
    public SeedAnswer IsMade(Door door) => Is(door == Door.Rest ? (int)HttpStatusCode.Created : 200);

    /// <summary>A member, as the tools spell it or as REST does.</summary>
    public JsonElement Member(string name) => JsonElement.Parse(
        (Json[name] ?? Json[string.Concat(name.Split('_').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]))])
        ?.ToJsonString() ?? throw new InvalidOperationException($"No {name}: {Json.ToJsonString()}"));

    public string Text(string name) => Member(name).GetString()!;

    public bool Flag(string name) => Member(name).GetBoolean();

    public string[] Texts(string name) => [.. Member(name).EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>A token's scopes: a list, or the words of a text.</summary>
    public string[] Scopes => Json["scopes"] is not null ? Texts("scopes") : Text("scope").Split(' ');

    public string[] Ids => [.. Member("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];
}
