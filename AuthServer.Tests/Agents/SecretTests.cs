using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Agents.AgentInstallation;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Agents;

/// <summary>By what an agent proves itself: rotation of secrets, and keys instead of them.</summary>
public sealed class SecretTests(AgentInstallation installation) : IClassFixture<AgentInstallation>
{
    private readonly TestServer _server = installation.Server;
    private readonly OrganizationSide _acme = installation.Acme;

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"overlapSeconds":0}""")]
    public async Task Without_an_overlap_the_old_secret_is_dead_at_once(string? body)
    {
        var agent = await _acme.RegisterAsync();
        Assert.NotEmpty(await TokenAsync(_server, agent));

        var rotated = await _acme.PostAsync(PathOf(agent, "/rotate-secret"), body);

        using var old = await AskTokenAsync(_server, agent);
        await Flows.AssertErrorAsync(old, 401, "invalid_client");
        Assert.NotEmpty(await TokenAsync(_server, agent, Text(rotated, "clientSecret")));
        Assert.False(rotated.TryGetProperty("previousSecretExpiresAt", out _));
        Assert.StartsWith(Text(rotated.GetProperty("secret"), "hint"), Text(rotated, "clientSecret"), StringComparison.Ordinal);
        var listed = Assert.Single((await _acme.GetAsync(PathOf(agent, "/secrets"))).GetProperty("data").EnumerateArray());
        Assert.Equal(rotated.GetProperty("secret").GetRawText(), listed.GetRawText());
        var row = await _server.QueryAsync(context => context.Applications.AsNoTracking().SingleAsync(row => row.ClientId == Text(agent, "clientId")));
        Assert.True(ClientSecretHash.Verify(row.ClientSecret!, Text(rotated, "clientSecret")));
        var told = Assert.Single(await _server.TrailAsync(AgentEvents.SecretRotated), entry => entry.Target == Text(agent, "id"));
        Assert.Equal((_acme.UserId, Text(agent, "id"), _acme.Id), (told.Subject, told.AgentId, told.OrganizationId));
    }

    [Fact]
    public async Task During_an_overlap_both_secrets_work_and_afterwards_one()
    {
        var agent = await _acme.RegisterAsync();

        var rotated = await _acme.PostAsync(PathOf(agent, "/rotate-secret"), new { overlapSeconds = 60 });

        Assert.Equal(_server.Clock.GetStoredNow().AddSeconds(60), rotated.GetProperty("previousSecretExpiresAt").GetDateTimeOffset());
        Assert.NotEmpty(await TokenAsync(_server, agent));
        Assert.NotEmpty(await TokenAsync(_server, agent, Text(rotated, "clientSecret")));
        Assert.Equal(2, (await _acme.GetAsync(PathOf(agent, "/secrets"))).GetProperty("data").GetArrayLength());

        _server.Clock.Advance(TimeSpan.FromSeconds(60));
        using var old = await AskTokenAsync(_server, agent);
        await Flows.AssertErrorAsync(old, 401, "invalid_client");
        Assert.NotEmpty(await TokenAsync(_server, agent, Text(rotated, "clientSecret")));
        Assert.Single((await _acme.GetAsync(PathOf(agent, "/secrets"))).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task There_are_never_more_than_two()
    {
        var agent = await _acme.RegisterAsync();
        var second = Text(await _acme.PostAsync(PathOf(agent, "/rotate-secret"), new { overlapSeconds = 604_800 }), "clientSecret");

        var third = Text(await _acme.PostAsync(PathOf(agent, "/rotate-secret"), new { overlapSeconds = 604_800 }), "clientSecret");

        using var first = await AskTokenAsync(_server, agent);
        await Flows.AssertErrorAsync(first, 401, "invalid_client");
        Assert.NotEmpty(await TokenAsync(_server, agent, second));
        Assert.NotEmpty(await TokenAsync(_server, agent, third));
    }

    [Theory]
    [InlineData("""{"overlapSeconds":-1}""")]
    [InlineData("""{"overlapSeconds":604801}""")]
    [InlineData("""{"overlapSeconds":"60"}""")]
    [InlineData("""{"overlapSeconds":1.5}""")]
    public async Task An_overlap_that_cannot_be_is_refused_and_the_secret_stays(string body)
    {
        var agent = await _acme.RegisterAsync();
        var problem = await _acme.AskAsync(HttpMethod.Post, PathOf(agent, "/rotate-secret"), body, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("overlapSeconds", out _));
        Assert.NotEmpty(await TokenAsync(_server, agent));
    }

    [Fact]
    public async Task One_agents_secret_is_not_anothers()
    {
        var (one, two) = (await _acme.RegisterAsync(), await _acme.RegisterAsync());
        using var swapped = await AskTokenAsync(_server, one, Text(two, "clientSecret"));
        await Flows.AssertErrorAsync(swapped, 401, "invalid_client");
    }

    [Theory]
    [InlineData("jwks")]
    [InlineData("pem")]
    [InlineData("rsa pem")]
    public async Task An_agent_with_keys_proves_itself_by_them_and_has_no_secret(string form)
    {
        var key = SigningKey.Create(form == "rsa pem" ? JwsAlgorithm.RS256 : JwsAlgorithm.ES256);
        var agent = await _acme.RegisterAsync(form == "jwks"
            ? OrganizationSide.Agent(("jwks", JsonNode.Parse(Set(key))))
            : OrganizationSide.Agent(("publicKey", Pem(key))));

        Assert.False(agent.TryGetProperty("clientSecret", out _));
        using var asserted = await AssertAsync(agent, key);
        var claims = Flows.Claims(Text(await OkAsync(asserted), "access_token"));
        Assert.Equal(Text(agent, "id"), Text(claims, "sub"));
        using var strange = await AssertAsync(agent, SigningKey.Create(key.Algorithm));
        await Flows.AssertErrorAsync(strange, 401, "invalid_client");
        Assert.Empty((await _acme.GetAsync(PathOf(agent, "/secrets"))).GetProperty("data").EnumerateArray());
        var problem = await _acme.AskAsync(HttpMethod.Post, PathOf(agent, "/rotate-secret"), null, HttpStatusCode.Conflict);
        Assert.Equal("uses_keys", Text(problem, "code"));
    }

    [Fact]
    public async Task Keys_can_take_the_place_of_a_secret_and_of_other_keys()
    {
        var (first, second) = (SigningKey.Create(JwsAlgorithm.ES256), SigningKey.Create(JwsAlgorithm.ES384));
        var agent = await _acme.RegisterAsync();
        Assert.NotEmpty(await TokenAsync(_server, agent));

        await _acme.AskAsync(HttpMethod.Put, PathOf(agent, "/jwks"), Set(first));
        using var secret = await AskTokenAsync(_server, agent);
        await Flows.AssertErrorAsync(secret, 401, "invalid_client");
        using var byFirst = await AssertAsync(agent, first);
        Assert.Equal(HttpStatusCode.OK, byFirst.StatusCode);

        await _acme.AskAsync(HttpMethod.Put, PathOf(agent, "/jwks"), new { publicKey = Pem(second) });
        using var byOld = await AssertAsync(agent, first);
        await Flows.AssertErrorAsync(byOld, 401, "invalid_client");
        using var bySecond = await AssertAsync(agent, second);
        Assert.Equal(HttpStatusCode.OK, bySecond.StatusCode);
        Assert.Equal(2, (await _server.TrailAsync(AgentEvents.KeysReplaced)).Count(entry => entry.Target == Text(agent, "id")));
        var row = await _server.QueryAsync(context => context.Applications.AsNoTracking().SingleAsync(row => row.ClientId == Text(agent, "clientId")));
        Assert.Null(row.ClientSecret);
    }

    [Fact]
    public async Task A_private_key_is_refused_wherever_it_is_sent()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var weak = RSA.Create(1024);
        var agent = await _acme.RegisterAsync();
        var d = """{"keys":[{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps","d":"0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"}]}""";

        foreach (var body in new object[]
        {
            new { publicKey = key.ExportPkcs8PrivateKeyPem() }, new { publicKey = key.ExportECPrivateKeyPem() }, new { publicKey = weak.ExportSubjectPublicKeyInfoPem() },
            new { publicKey = key.ExportSubjectPublicKeyInfoPem() + key.ExportSubjectPublicKeyInfoPem() }, d, """{"keys":[]}""", """{"keys":"\ud800"}""", "{}",
        })
        {
            var problem = await _acme.AskAsync(HttpMethod.Put, PathOf(agent, "/jwks"), body, HttpStatusCode.BadRequest);
            Assert.Single(problem.GetProperty("errors").EnumerateObject());
            Assert.DoesNotContain("0_NxaRPUMQ", problem.GetRawText(), StringComparison.Ordinal);
        }

        Assert.NotEmpty(await TokenAsync(_server, agent));
    }

    [Fact]
    public async Task A_generated_secret_costs_no_password_hash_to_make()
    {
        var agent = await _acme.RegisterAsync();
        var row = await _server.QueryAsync(context => context.Applications.AsNoTracking().SingleAsync(row => row.ClientId == Text(agent, "clientId")));
        var rounds = Convert.FromBase64String(row.ClientSecret!)[5..9];
        Assert.Equal(ClientSecretHash.RoundsOfGenerated, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(rounds));
    }

    private Task<HttpResponseMessage> AssertAsync(JsonElement agent, SigningKey key) => Flows.TokenAsync(
        _server, Text(agent, "clientId"), null, ("grant_type", "client_credentials"), ("client_assertion_type", AssertionType),
        ("client_assertion", Assertion(_server, claims => (claims["iss"], claims["sub"]) = (Text(agent, "clientId"), Text(agent, "clientId")), key, $$"""{"alg":"{{key.Algorithm.Name()}}","typ":"JWT"}""")));

    private static string Set(SigningKey key) => Encoding.UTF8.GetString(new JsonWebKeySet([key.PublicKey]).ToUtf8());

    private static string Pem(SigningKey key)
    {
        using var jwk = JsonDocument.Parse(Set(key));
        var members = jwk.RootElement.GetProperty("keys")[0];
        byte[] Octets(string name) => System.Buffers.Text.Base64Url.DecodeFromChars(Text(members, name));
        if (Text(members, "kty") == "RSA")
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Octets("n"), Exponent = Octets("e") });
            return rsa.ExportSubjectPublicKeyInfoPem();
        }

        using var curve = ECDsa.Create(new ECParameters
        {
            Curve = Text(members, "crv") == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
            Q = new ECPoint { X = Octets("x"), Y = Octets("y") },
        });
        return curve.ExportSubjectPublicKeyInfoPem();
    }
}
