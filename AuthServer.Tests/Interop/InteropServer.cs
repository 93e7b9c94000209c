using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Interop;

/// <summary>The server that the client library talks to, and what its scripts need to know of it.</summary>
public sealed class InteropServer : IAsyncLifetime
{
    private readonly string _privateJwk;
    private TestServer _server = null!;

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

    public async Task InitializeAsync() => _server = await Flows.StartAsync(
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
        ["CLOCK_SKEW"] = Math.Round(ahead.TotalSeconds).ToString(CultureInfo.InvariantCulture),
    };
}
