using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using AuthServer.Tests.Jose;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>A chain of three that passes, made by hand so that any part of it can be wrong: claims before they are written, text before it is signed,
/// the key that signs, and what the verifier expects.</summary>
internal sealed class TestChain
{
    public const string Audience = "https://api.example";
    public const string Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    public const string Principal = "usr_1";

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    public static readonly SigningKey Key = SigningKey.Create(JwsAlgorithm.ES256);

    public TestChain(int length = 3)
    {
        Claims = [.. Enumerable.Range(0, length).Select(Hop)];
        Texts = [.. Enumerable.Repeat<Func<string, string>>(text => text, length)];
        Keys = [.. Enumerable.Repeat(Key, length)];
    }

    public List<JsonObject> Claims { get; }

    /// <summary>What becomes of each payload's canonical text before it is signed.</summary>
    public List<Func<string, string>> Texts { get; }

    public List<SigningKey> Keys { get; }

    public Func<string, string> Header { get; set; } = header => header;

    public ChainExpectations Expected { get; set; } = new()
    {
        RootKeys = new JsonWebKeySet([Key.PublicKey]),
        Now = Now,
        Holder = Thumbprint,
        Status = _ => HopStatus.Live,
        Audience = Audience,
        Scope = "crm.read",
        Action = Amount(20),
    };

    public static ActionValues Amount(double amount) =>
        new() { Stated = new Dictionary<string, JsonElement> { ["amount"] = JsonSerializer.SerializeToElement(amount) } };

    public JsonObject Detail(int hop) => Claims[hop]["authorization_details"]![0]!.AsObject();

    public void SetScopes(int hop, params string[] scopes) => Detail(hop)["scopes"] = new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]);

    public void SetConstraints(int hop, string json) => Detail(hop)["constraints"] = JsonNode.Parse(json);

    public void AddConstraint(int hop, string json) => Detail(hop)["constraints"]!.AsArray().Add(JsonNode.Parse(json));

    /// <summary>The tokens, root first. Each names its parent unless its claims name one already.</summary>
    public List<string> Tokens()
    {
        var tokens = new List<string>();
        for (var i = 0; i < Claims.Count; i++)
        {
            var claims = Claims[i].DeepClone().AsObject();
            if (i > 0 && !claims.ContainsKey("par_hash"))
            {
                claims["par_hash"] = DelegationToken.HashOf(tokens[i - 1]);
            }

            var payload = Texts[i](CanonicalJson.Text(JsonSerializer.SerializeToElement(claims)));
            var header = Header($$"""{"alg":"ES256","kid":"{{Keys[i].KeyId}}","typ":"at+jwt"}""");
            tokens.Add(TestTokens.Sign(Keys[i], header, payload));
        }

        return tokens;
    }

    public ChainVerdict Verify() => ChainVerifier.Verify(Tokens(), Expected);

    /// <summary>What a token says.</summary>
    public static JsonElement Payload(string token) => JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));

    /// <summary>It is refused so, at this hop.</summary>
    public void Refused(ChainOutcome outcome, int hop)
    {
        var verdict = Verify();
        Assert.Equal((outcome, hop), (verdict.Outcome, verdict.Hop));
        Assert.NotNull(verdict.Detail);
        Assert.Empty(verdict.Hops);
    }

    /// <summary>How these tokens are refused in its place.</summary>
    public (ChainOutcome, int?) Refusal(IReadOnlyList<string> tokens)
    {
        var verdict = ChainVerifier.Verify(tokens, Expected);
        return (verdict.Outcome, verdict.Hop);
    }

    private static JsonObject Hop(int depth)
    {
        var claims = new JsonObject
        {
            ["iss"] = "https://as.example",
            ["jti"] = $"tok_{depth}",
            ["sub"] = Principal,
            ["client_id"] = $"agc_{depth}",
            ["aud"] = Audience,
            ["iat"] = Now.ToUnixTimeSeconds() - 60,
            ["exp"] = Now.ToUnixTimeSeconds() + 600 - depth,
            ["cnf"] = new JsonObject { ["jkt"] = Thumbprint },
            ["del_depth"] = depth,
            ["authorization_details"] = new JsonArray(new JsonObject
            {
                ["type"] = "agent_delegation",
                ["scopes"] = new JsonArray("crm.*", "email:send"),
                ["constraints"] = new JsonArray(new JsonObject { ["key"] = "amount", ["max"] = 100 }),
            }),
        };
        if (depth == 0)
        {
            claims["del_max_depth"] = 8;
        }

        return claims;
    }
}
