using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Delegations;
using AuthServer.Jose;
using AuthServer.Protocol;
using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

/// <summary>One server with an organization whose agents have API keys and delegate to each other.</summary>
public sealed class ChainSide : IAsyncLifetime
{
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
    public const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>What an agent needs to run itself and delegate.</summary>
    public static readonly string[] Own =
        ["api.read", "api.write", "agents.read", "credentials.read", "credentials.write", "credentials.delete", "delegations.read", "delegations.write", "delegations.delete"];

    /// <summary>Settings beside the usual ones.</summary>
    public (string Key, string Value)[] More { get; init; } = [];

    /// <summary>Calls per minute with one key.</summary>
    public int PerKey { get; init; } = 100_000;

    public TestServer Server { get; private set; } = null!;

    public OrganizationSide Organization { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await Flows.StartAsync([.. More, ("AuthServer:RateLimits:PerKey", PerKey.ToString(CultureInfo.InvariantCulture)), ("AuthServer:RateLimits:PerAddress", "100000")]);
        Organization = await OrganizationSide.CreateAsync(Server);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>A new agent that may ask for these scopes, with an API key that does not bound them.</summary>
    public async Task<KeyedAgent> AgentAsync(params string[] scopes) => await AgentAsync(Organization, scopes);

    public Task<KeyedAgent> AgentAsync(OrganizationSide organization, params string[] scopes) => RegisterAsync(organization, null, scopes);

    /// <summary>The same with registered public keys, which its delegated tokens are bound to.</summary>
    public Task<KeyedAgent> SignerAsync(SigningKey[] keys, params string[] scopes) => RegisterAsync(Organization, TokenSide.Jwks(keys), scopes);

    private async Task<KeyedAgent> RegisterAsync(OrganizationSide organization, string? jwks, string[] scopes)
    {
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(
            ("name", $"agent {Guid.NewGuid():N}"),
            ("allowedScopes", new JsonArray([.. (scopes.Length == 0 ? Own : scopes).Select(scope => JsonValue.Create(scope))])),
            ("jwks", jwks is null ? null : JsonNode.Parse(jwks))));
        var id = agent.GetProperty("id").GetString()!;
        var key = await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = id }, HttpStatusCode.Created);
        return new KeyedAgent(
            this, id, agent.GetProperty("clientId").GetString()!, key.GetProperty("raw_key").GetString()!, key.GetProperty("credential").GetProperty("id").GetString()!);
    }

    public Rest As(string? credential) => new(Server, credential);

    /// <summary>An answer of the agents' own token endpoint.</summary>
    public async Task<RestAnswer> AuthAsync(object body)
    {
        using var rest = As(null);
        return await rest.PostAsync("/auth/token", body);
    }

    /// <summary>The claims of a token, which somebody else has to verify.</summary>
    public static JsonElement Claims(string token) => JsonElement.Parse(CanonicalBase64Url.Decode(token.Split('.')[1])!);

    /// <summary>Whether the token is alive, as its own agent's client is told.</summary>
    public async Task<bool> IsActiveAsync(KeyedAgent agent, string token)
    {
        using var rest = As(null);
        return (await rest.PostAsync("/auth/token/introspect", new { client_secret = agent.Key, token })).Is(HttpStatusCode.OK).Json.GetProperty("active").GetBoolean();
    }

    public Task<string?[]> ReasonsAsync(string type) => Server.QueryAsync(context =>
        Task.FromResult(context.AuditEvents.Where(row => row.Type == type && row.Outcome == "denied").OrderBy(row => row.Sequence).Select(row => row.Reason).ToArray()));
}

/// <summary>An agent and its API key.</summary>
public sealed record KeyedAgent(ChainSide Side, string Id, string ClientId, string Key, string KeyId)
{
    public Rest Rest() => Side.As(Key);

    /// <summary>Its own access token.</summary>
    public async Task<string> TokenAsync(string? scope = null) => (await AuthenticateAsync(scope)).GetProperty("access_token").GetString()!;

    public async Task<JsonElement> AuthenticateAsync(string? scope = null) =>
        (await Side.AuthAsync(new { grant_type = "client_credentials", client_secret = Key, scope })).Is(HttpStatusCode.OK).Json;

    /// <summary>Lets another agent act; the delegation.</summary>
    public async Task<RestAnswer> DelegateAsync(KeyedAgent to, string[] scopes, JsonObject? more = null, string? credential = null)
    {
        var body = more?.DeepClone().AsObject() ?? [];
        body["delegate_agent_id"] = to.Id;
        body["scopes"] = new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]);
        using var rest = Side.As(credential ?? Key);
        return await rest.PostAsync("/delegations", body);
    }

    public async Task<string> DelegatedAsync(KeyedAgent to, string[] scopes, JsonObject? more = null) =>
        (await DelegateAsync(to, scopes, more)).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;

    /// <summary>Exchanges a token for one in which it acts (RFC 8693), at the standard endpoint.</summary>
    public async Task<RestAnswer> ExchangeAsync(string subjectToken, params (string Name, string Value)[] more)
    {
        using var http = Side.Server.CreateClient();
        return await RestAnswer.ReadAsync(await http.PostAsync("/connect/token", TokenSide.Form(
            [("grant_type", ChainSide.Exchange), ("client_secret", Key), ("subject_token", subjectToken), ("subject_token_type", ChainSide.AccessToken), .. more])));
    }

    public async Task<string> ExchangedAsync(string subjectToken, params (string Name, string Value)[] more) =>
        (await ExchangeAsync(subjectToken, more)).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;

    /// <summary>A token for what was delegated to it, without a token of who did.</summary>
    public Task<RestAnswer> ActAsync(string delegationId, string? scope = null) =>
        Side.AuthAsync(new { grant_type = "agent_delegation", client_secret = Key, delegation_id = delegationId, scope });

    /// <summary>Many delegations of its own rights to another agent, as they are stored: more than one agent may give another.</summary>
    public Task CrowdAsync(KeyedAgent to, string scope, int count)
    {
        Side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        return Side.Server.QueryAsync(async context =>
        {
            var organizationId = context.Agents.Single(row => row.Id == Id).OrganizationId;
            for (var i = 0; i < count; i++)
            {
                var id = Identifiers.New("dlg_", Side.Server.Clock.Now);
                context.Delegations.Add(new Delegation
                {
                    Id = id,
                    RootId = id,
                    Path = id + "/",
                    DelegatorId = Id,
                    DelegateId = to.Id,
                    PrincipalId = Id,
                    OrganizationId = organizationId,
                    Scopes = $"[\"{scope}\"]",
                    MaxAbsoluteChainDepth = DelegationChain.DefaultHops,
                    CreatedAt = Side.Server.Clock.Now,
                });
            }

            return await context.SaveChangesAsync();
        });
    }
}
