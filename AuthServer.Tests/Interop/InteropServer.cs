using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Organizations;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Interop;

/// <summary>The server that the client library talks to, and what its scripts need to know of it.</summary>
public sealed class InteropServer : IAsyncLifetime
{
    private readonly string _privateJwk;
    private TestServer _server = null!;
    private string _key = "";
    private string _peer = "";

    public InteropServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(true);
        var jwk = new Dictionary<string, string>
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["alg"] = "ES256",
            ["kid"] = "signer-1",
            ["x"] = Base64Url.EncodeToString(parameters.Q.X),
            ["y"] = Base64Url.EncodeToString(parameters.Q.Y),
        };
        Jwks = JsonSerializer.Serialize(new { keys = new[] { jwk } });
        jwk["d"] = Base64Url.EncodeToString(parameters.D);
        _privateJwk = JsonSerializer.Serialize(jwk);
    }

    private string Jwks { get; }

    public async Task InitializeAsync()
    {
        _server = await StartAsync();
        var organization = await OrganizationSide.CreateAsync(_server);
        await new McpPerson(_server).JoinAsync(organization, Role.Developer);
        (_key, _) = await AgentAsync(organization);
        (_, _peer) = await AgentAsync(organization);
    }

    /// <summary>An agent's API key, and its id.</summary>
    private static async Task<(string Key, string Id)> AgentAsync(OrganizationSide organization)
    {
        string[] scopes = ["api.read", "agents.read", "credentials.write", "credentials.delete", "delegations.write"];
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(
            ("name", $"agent {Guid.NewGuid():N}"), ("allowedScopes", new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]))));
        var id = agent.GetProperty("id").GetString()!;
        var key = await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = id }, HttpStatusCode.Created);
        return (key.GetProperty("raw_key").GetString()!, id);
    }

    private Task<TestServer> StartAsync() => Flows.StartAsync(
    [
        .. Flows.Client(20, "signer", ("Jwks", Jwks), ("TokenEndpointAuthMethod", "private_key_jwt"), ("RedirectUris:0", Flows.WebRedirect), ("GrantTypes:2", "client_credentials")),
        .. Flows.Client(21, "elliptic", ("ClientSecret", Flows.Secret), ("IdTokenSignedResponseAlg", "ES256"), ("RedirectUris:0", Flows.WebRedirect)),
    ]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>Fails with what the script wrote when it does not succeed.</summary>
    public async Task RunAsync(string scenario)
    {
        // A test clock stands still, and the library signs its assertions by the machine's; the one may be ahead, and says by how much.
        _server.Clock.AdvanceTo(DateTimeOffset.UtcNow);
        var ahead = _server.Clock.Now - DateTimeOffset.UtcNow;
        await NodeScript.RunAsync(scenario, Environment(ahead), seconds => _server.Clock.Advance(TimeSpan.FromSeconds(seconds)));
    }

    private Dictionary<string, string> Environment(TimeSpan ahead) => new()
    {
        ["ISSUER"] = _server.Issuer,
        ["SECRET"] = Flows.Secret,
        ["PRIVATE_JWK"] = _privateJwk,
        ["EMAIL"] = Flows.Email,
        ["PASSWORD"] = Flows.Password,
        ["API"] = Flows.Api,
        ["WEB_REDIRECT"] = Flows.WebRedirect,
        ["BYE"] = "https://client.example/bye",
        ["API_KEY"] = _key,
        ["PEER"] = _peer,
        ["LIBRARY"] = ServerProcess.Library,
        ["CLOCK_SKEW"] = Math.Round(ahead.TotalSeconds).ToString(CultureInfo.InvariantCulture),
    };
}
