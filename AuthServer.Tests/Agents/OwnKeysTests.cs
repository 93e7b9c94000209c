using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Agents;
using AuthServer.Jose;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>Keys that agents bring or set themselves: delegated tokens are bound to them, and they prove nothing.</summary>
public sealed class OwnKeysTests(UnclaimedSide side) : IClassFixture<UnclaimedSide>
{
    [Fact]
    public async Task Three_agents_of_one_call_each_with_keys_delegate_twice_and_the_files_of_the_last_one_pass()
    {
        using var pem = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var second = SigningKey.Create(JwsAlgorithm.ES256);
        using var third = SigningKey.Create(JwsAlgorithm.ES256);
        var planner = await StartAsync(("public_key", pem.ExportSubjectPublicKeyInfoPem()));
        var (worker, tool) = (await StartAsync(("jwks", Set(second))), await StartAsync(("jwks", Set(third))));
        var first = await DelegateAsync(planner, worker, null);
        var last = await DelegateAsync(worker, tool, first);
        var answer = (await side.AuthAsync(new { grant_type = "agent_delegation", client_secret = tool.Key, delegation_id = last })).Is(HttpStatusCode.OK).Json;

        var (outcome, result) = await ChainFiles.VerifyAsync(side.Server, ChainFiles.Chain(answer), "--scope", "api.read", "--holder", third.PublicKey.Thumbprint);
        Assert.Equal(("ok", 0), (outcome, result.ExitCode));
        Assert.Equal(
            [Thumbprint(pem), second.PublicKey.Thumbprint, third.PublicKey.Thumbprint],
            ChainFiles.Chain(answer).Select(token => ChainSide.Claims(token).GetProperty("cnf").GetProperty("jkt").GetString()));
        Assert.Equal([planner.ClientId, worker.ClientId, tool.ClientId], ChainFiles.Chain(answer).Select(token => ChainSide.Claims(token).GetProperty("client_id").GetString()));
    }

    [Fact]
    public async Task By_bootstrap_too_and_an_agent_without_keys_sets_them_itself()
    {
        using var first = SigningKey.Create(JwsAlgorithm.ES256);
        using var second = SigningKey.Create(JwsAlgorithm.ES256);
        using var nobody = side.As(null);
        var made = (await nobody.PostAsync("/agents/bootstrap", new { name = $"agent {Guid.NewGuid():N}", agent_type = "tool", jwks = Set(first) })).Is(HttpStatusCode.Created).Json;
        var (giver, agent) = (await StartAsync(), new Started(made));
        var delegation = await DelegateAsync(giver, agent, null);
        Assert.Equal(first.PublicKey.Thumbprint, await BoundToAsync(agent, delegation));

        (await SetAsync(agent.Key, agent.Id, Set(second))).Is(HttpStatusCode.OK);
        Assert.Equal(second.PublicKey.Thumbprint, await BoundToAsync(agent, delegation));

        // It goes on proving itself as before, and the trail tells by what this was done.
        var told = Assert.Single(await side.Server.TrailAsync(AgentEvents.KeysReplaced), row => row.Target == agent.Id);
        Assert.Equal((agent.Id, agent.ClientId), (told.AgentId, told.ClientId));
        Assert.Contains(agent.KeyId, told.Detail, StringComparison.Ordinal);
        using var rest = side.As(agent.Key);
        var credential = (await rest.GetAsync($"/agents/{agent.Id}/credential")).Is(HttpStatusCode.OK).Json.GetProperty("credential").GetString()!;
        Assert.Equal(second.PublicKey.Thumbprint, ChainSide.Claims(credential).GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public async Task A_key_that_an_agent_brings_or_sets_proves_nothing()
    {
        using var brought = SigningKey.Create(JwsAlgorithm.ES256);
        using var set = SigningKey.Create(JwsAlgorithm.ES256);
        var agent = await StartAsync(("jwks", Set(brought)));
        await RefusedAsync(agent, brought);
        (await SetAsync(agent.Key, agent.Id, Set(set))).Is(HttpStatusCode.OK);
        await RefusedAsync(agent, set);
        await RefusedAsync(agent, brought);
    }

    [Fact]
    public async Task No_token_sets_a_key_that_would_outlive_it()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var (giver, agent) = (await StartAsync(), await StartAsync());
        var own = agent.Token;
        var narrow = (await side.AuthAsync(new { grant_type = "client_credentials", client_secret = agent.Key, scope = "credentials.write" })).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
        var delegation = (await side.As(giver.Key).PostAsync("/delegations", new { delegate_agent_id = agent.Id, scopes = new[] { "credentials.write" } })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString();
        var acting = (await side.AuthAsync(new { grant_type = "agent_delegation", client_secret = agent.Key, delegation_id = delegation })).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;

        foreach (var token in new[] { own, narrow })
        {
            (await SetAsync(token, agent.Id, Set(key))).Is(HttpStatusCode.Forbidden, "api_key_needed");
        }

        (await SetAsync(acting, agent.Id, Set(key))).Is(HttpStatusCode.Forbidden, "acts_for_another");
        (await SetAsync(acting, giver.Id, Set(key))).Is(HttpStatusCode.Forbidden, "acts_for_another");
        (await SetAsync(null, agent.Id, Set(key))).Is(HttpStatusCode.Unauthorized);
        Assert.Null(await BoundToAsync(agent, delegation!));
    }

    [Fact]
    public async Task No_key_that_may_do_less_or_ends_before_the_agent_does_sets_one()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var agent = await StartAsync();
        using var rest = side.As(agent.Key);
        var narrow = (await rest.PostAsync("/credentials", new { scopes = new[] { "credentials.write" } })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!;
        var brief = (await rest.PostAsync("/credentials", new { expires_at = side.Server.Clock.Now.AddHours(1) })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!;
        var unfit = (await rest.PostAsync("/credentials", new { scopes = new[] { "agents.write" } })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!;
        var whole = (await rest.PostAsync("/credentials", new { })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!;

        (await SetAsync(narrow, agent.Id, Set(key))).Is(HttpStatusCode.Forbidden, "beyond_own_rights");
        (await SetAsync(brief, agent.Id, Set(key))).Is(HttpStatusCode.Forbidden, "beyond_own_rights");
        (await SetAsync(unfit, agent.Id, Set(key))).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        (await SetAsync(whole, agent.Id, Set(key))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_agent_sets_those_of_agents_that_it_made_and_of_no_others()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var (parent, stranger) = (await StartAsync(), await StartAsync());
        using var rest = side.As(parent.Key);
        var child = (await rest.PostAsync("/agents", new { name = $"child {Guid.NewGuid():N}", allowedScopes = new[] { "api.read", "credentials.write" } })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        var childs = (await rest.PostAsync("/credentials", new { agent_id = child })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!;

        (await SetAsync(parent.Key, child, Set(key))).Is(HttpStatusCode.OK);
        (await SetAsync(childs, child, Set(key))).Is(HttpStatusCode.OK);
        (await SetAsync(childs, parent.Id, Set(key))).Is(HttpStatusCode.Forbidden, "not_yours");
        (await SetAsync(stranger.Key, parent.Id, Set(key))).Is(HttpStatusCode.NotFound);
        (await SetAsync(parent.Key, stranger.Id, Set(key))).Is(HttpStatusCode.NotFound);
        (await SetAsync(parent.Key, "agt_01jv0000000000000000000000", Set(key))).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task They_leave_the_secret_alone_and_give_way_to_keys_that_a_developer_sets()
    {
        using var own = SigningKey.Create(JwsAlgorithm.ES256);
        using var developers = SigningKey.Create(JwsAlgorithm.ES256);
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("api.read", "credentials.write"))));
        var (id, clientId) = (agent.GetProperty("id").GetString()!, agent.GetProperty("clientId").GetString()!);
        var key = (await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = id }, HttpStatusCode.Created)).GetProperty("raw_key").GetString()!;
        (await SetAsync(key, id, Set(own))).Is(HttpStatusCode.OK);
        await ProvesAsync(clientId, agent.GetProperty("clientSecret").GetString()!, own);

        var rotated = await organization.PostAsync($"/api/v1/agents/{id}/rotate-secret");
        await ProvesAsync(clientId, rotated.GetProperty("clientSecret").GetString()!, own);

        // What a developer sets is a credential: one that is bound to scopes makes none that is not.
        var bounded = await CertificateSide.CreateAsync(side.Server, organization, new { name = "Bound", scopes = new[] { "credentials.write" } });
        (await SetAsync(bounded.Sign(), id, Set(developers))).Is(HttpStatusCode.Forbidden, "beyond_own_rights");
        (await SetAsync(organization.Key, id, Set(developers))).Is(HttpStatusCode.OK);
        using var http = side.Server.CreateClient();
        using var answer = await http.PostAsync("/connect/token", TokenSide.Form(
            ("grant_type", "client_credentials"), ("client_assertion_type", TokenSide.AssertionType),
            ("client_assertion", TokenSide.Assertion(side.Server, claims => (claims["iss"], claims["sub"]) = (clientId, clientId), developers))));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        (await SetAsync(key, id, Set(own))).Is(HttpStatusCode.Conflict, "uses_keys");
    }

    [Fact]
    public async Task What_is_no_key_for_this_is_named_and_nothing_is_made()
    {
        using var secret = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = SigningKey.Create(JwsAlgorithm.RS256);
        var agent = await StartAsync();
        foreach (var (member, value, field) in new (string, JsonNode?, string)[]
        {
            ("public_key", "no PEM", "publicKey"), ("public_key", secret.ExportPkcs8PrivateKeyPem(), "publicKey"), ("jwks", Set(other), "jwks"),
            ("jwks", JsonNode.Parse("""{"keys":[]}"""), "jwks"), ("jwks", JsonNode.Parse("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"""), "jwks"), ("jwks", "x", "jwks"),
        })
        {
            foreach (var path in new[] { "quickstart", "bootstrap" })
            {
                var name = $"agent {Guid.NewGuid():N}";
                using var nobody = side.As(null);
                var refused = (await nobody.PostAsync("/agents/" + path, new JsonObject { ["name"] = name, ["agent_type"] = "tool", [member] = value?.DeepClone() })).Is(HttpStatusCode.BadRequest, "invalid_request");
                Assert.True(refused.Json.GetProperty("errors").TryGetProperty(field, out _), refused.Text);
                Assert.False(await side.Server.QueryAsync(context => Task.FromResult(context.Agents.Any(row => row.Name == name))));
            }
        }

        foreach (var body in new object[] { new { }, new { publicKey = "no PEM" }, Set(other), new { publicKey = secret.ExportSubjectPublicKeyInfoPem(), keys = Set(other)["keys"] } })
        {
            (await SetAsync(agent.Key, agent.Id, body)).Is(HttpStatusCode.BadRequest, "invalid_request");
        }
    }

    private static JsonNode Set(SigningKey key) => JsonNode.Parse(TokenSide.Jwks([key]))!;

    private static string Thumbprint(ECDsa key) => JsonWebKey.TryParsePem(key.ExportSubjectPublicKeyInfoPem(), out var parsed, out _) ? parsed.Thumbprint : "";

    private async Task<Started> StartAsync(params (string Name, JsonNode? Value)[] more)
    {
        var body = new JsonObject { ["name"] = $"agent {Guid.NewGuid():N}", ["agent_type"] = "autonomous" };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        using var rest = side.As(null);
        return new Started((await rest.PostAsync("/agents/quickstart", body)).Is(HttpStatusCode.Created).Json);
    }

    private async Task<RestAnswer> SetAsync(string? credential, string id, object body)
    {
        using var rest = side.As(credential);
        return await rest.SendAsync(HttpMethod.Put, $"/agents/{id}/jwks", body);
    }

    private async Task<string> DelegateAsync(Started from, Started to, string? received)
    {
        using var rest = side.As(from.Key);
        return (await rest.PostAsync("/delegations", new { delegate_agent_id = to.Id, scopes = new[] { "api.read" }, delegation_id = received })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
    }

    /// <summary>By its thumbprint, the key that the agent's delegated token is bound to; null: it is a bearer token.</summary>
    private async Task<string?> BoundToAsync(Started agent, string delegation)
    {
        var answer = (await side.AuthAsync(new { grant_type = "agent_delegation", client_secret = agent.Key, delegation_id = delegation })).Is(HttpStatusCode.OK).Json;
        return ChainSide.Claims(answer.GetProperty("access_token").GetString()!).TryGetProperty("cnf", out var bound) ? bound.GetProperty("jkt").GetString() : null;
    }

    /// <summary>It gets a token by its secret, which an exchange of it binds to the key.</summary>
    private async Task ProvesAsync(string clientId, string secret, SigningKey key)
    {
        using var first = await Flows.TokenAsync(side.Server, clientId, secret, ("grant_type", "client_credentials"));
        var token = (await TokenSide.OkAsync(first)).GetProperty("access_token").GetString();
        using var second = await Flows.TokenAsync(
            side.Server, clientId, secret, ("grant_type", ChainSide.Exchange), ("subject_token", token), ("subject_token_type", ChainSide.AccessToken));
        var bound = (await TokenSide.OkAsync(second)).GetProperty("access_token").GetString()!;
        Assert.Equal(key.PublicKey.Thumbprint, ChainSide.Claims(bound).GetProperty("cnf").GetProperty("jkt").GetString());
    }

    private async Task RefusedAsync(Started agent, SigningKey key)
    {
        var assertion = TokenSide.Assertion(side.Server, claims => (claims["iss"], claims["sub"]) = (agent.ClientId, agent.ClientId), key);
        using var http = side.Server.CreateClient();
        using var answer = await http.PostAsync("/connect/token", TokenSide.Form(
            ("grant_type", "client_credentials"), ("client_assertion_type", TokenSide.AssertionType), ("client_assertion", assertion)));
        await Flows.AssertErrorAsync(answer, 401, "invalid_client");
    }

    private sealed class Started(JsonElement made)
    {
        public string Id { get; } = made.GetProperty("agent").GetProperty("id").GetString()!;

        public string ClientId { get; } = made.GetProperty("agent").GetProperty("client_id").GetString()!;

        public string Key { get; } = made.GetProperty("api_key").GetString()!;

        public string KeyId { get; } = made.GetProperty("credential_id").GetString()!;

        public string Token => made.GetProperty("token").GetProperty("access_token").GetString()!;
    }
}
