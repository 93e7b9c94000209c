using System.Net;
using System.Text.RegularExpressions;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Agents;

/// <summary>An agent is known wherever it calls: what it may not do is forbidden to it, and no guess at a credential.</summary>
public sealed partial class EveryRouteTests(ChainSide side) : IClassFixture<ChainSide>
{
    // RFC 6749 §5.2: these authenticate clients, and an access token is no client's proof.
    private static readonly string[] OfTheProtocol = ["/auth/token", "/auth/token/introspect", "/auth/token/revoke"];

    [Fact]
    public async Task No_route_of_the_API_answers_an_agents_good_credential_with_401()
    {
        var agent = await side.AgentAsync("api.read");
        var routes = Routes().ToArray();
        Assert.True(routes.Length > 80, $"{routes.Length}");
        foreach (var credential in new[] { await agent.TokenAsync(), agent.Key })
        {
            using var rest = side.As(credential);
            foreach (var (method, path) in routes)
            {
                var answer = await rest.SendAsync(new HttpMethod(method), path, method is "GET" or "DELETE" ? null : new { });
                Assert.True(answer.Status != HttpStatusCode.Unauthorized, $"{method} {path}: {answer.Text}");
            }
        }
    }

    [Theory]
    [InlineData("GET", "/stats", "members_only", "getStats")]
    [InlineData("GET", "/audit/events", "members_only", "listAuditEventsOfAgentAuth")]
    [InlineData("POST", "/scopes", "members_only", "createScope")]
    [InlineData("POST", "/policies", "members_only", "createPolicy")]
    [InlineData("GET", "/connected-accounts", "members_only", "listConnectedAccounts")]
    [InlineData("POST", "/connected-accounts", "members_only", "createConnectedAccount")]
    [InlineData("GET", "/connected-accounts/ca_01jv0000000000000000000000", "members_only", "getConnectedAccount")]
    [InlineData("POST", "/connected-accounts/ca_01jv0000000000000000000000/auth-url", "members_only", "getAuthUrl")]
    [InlineData("DELETE", "/connected-accounts/ca_01jv0000000000000000000000", "members_only", "deleteConnectedAccount")]
    [InlineData("GET", "/organizations", "people_only", "listOrganizations")]
    [InlineData("GET", "/users/me", "people_only", "getMe")]
    public async Task What_only_members_or_people_may_is_forbidden_and_told_and_no_scope_is_asked_for(string method, string path, string code, string target)
    {
        var agent = await side.AgentAsync("admin.full", "policies.write", "agents.read");
        foreach (var credential in new[] { await agent.TokenAsync(), agent.Key })
        {
            using var rest = side.As(credential);
            var answer = (await rest.SendAsync(new HttpMethod(method), path, method == "GET" ? null : new { })).Is(HttpStatusCode.Forbidden, code);
            Assert.Empty(answer.Response.Headers.WwwAuthenticate);
        }

        var told = (await side.Server.TrailAsync(AuditEventTypes.AccessRefused)).Where(row => row.Subject == agent.Id).ToArray();
        Assert.Equal(2, told.Length);
        Assert.All(told, row => Assert.Equal((code, target, agent.ClientId, side.Organization.Id), (row.Reason, row.Target, row.ClientId, row.OrganizationId)));
    }

    [Theory]
    [InlineData("GET", "/policies", "policies.read")]
    [InlineData("GET", "/agents", "agents.read")]
    [InlineData("GET", "/delegations", "delegations.read")]
    [InlineData("GET", "/credentials", "credentials.read")]
    public async Task Where_a_scope_would_help_the_challenge_names_it(string method, string path, string scope)
    {
        var agent = await side.AgentAsync("api.read");
        using var rest = side.As(await agent.TokenAsync());
        var answer = (await rest.SendAsync(new HttpMethod(method), path)).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        var challenge = answer.Response.Headers.WwwAuthenticate.ToString();
        Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains($"scope=\"{scope}\"", challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verifier_that_sends_an_agents_token_is_told_how_verifiers_prove_themselves()
    {
        var agent = await side.AgentAsync("api.read");
        foreach (var credential in new[] { await agent.TokenAsync(), agent.Key })
        {
            using var rest = side.As(credential);
            (await rest.PostAsync("/tokens/verify", new { token = "x", requiredScopes = new[] { "api.read" } })).Is(HttpStatusCode.Forbidden, "client_only");
        }
    }

    [Fact]
    public async Task Being_forbidden_is_no_guess_and_does_not_close_the_door_on_its_network()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "3"));
        var started = await UnclaimedSide.StartAsync(server);
        using var rest = new Rest(server, started.GetProperty("api_key").GetString());
        for (var i = 0; i < 10; i++)
        {
            (await rest.GetAsync("/stats")).Is(HttpStatusCode.Forbidden, "members_only");
        }
    }

    [Fact]
    public async Task What_is_forbidden_counts_against_the_pace_of_its_credential()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerKey", "3"));
        var started = await UnclaimedSide.StartAsync(server);
        using var rest = new Rest(server, started.GetProperty("api_key").GetString());
        for (var i = 0; i < 3; i++)
        {
            (await rest.GetAsync("/stats")).Is(HttpStatusCode.Forbidden, "members_only");
        }

        (await rest.GetAsync("/stats")).Is(HttpStatusCode.TooManyRequests);
        (await rest.GetAsync("/organizations")).Is(HttpStatusCode.TooManyRequests);
        Assert.Equal(3, (await server.TrailAsync(AuditEventTypes.AccessRefused)).Count);
    }

    [Fact]
    public async Task A_dead_credential_is_still_refused_with_401()
    {
        var agent = await side.AgentAsync("api.read", "credentials.delete");
        var token = await agent.TokenAsync();
        using (var own = agent.Rest())
        {
            (await own.DeleteAsync("/credentials/" + agent.KeyId)).Is(HttpStatusCode.OK);
        }

        foreach (var credential in new[] { token, agent.Key, "ak_live_nobody", "not.a.token" })
        {
            using var rest = side.As(credential);
            foreach (var path in new[] { "/stats", "/organizations", "/policies" })
            {
                (await rest.GetAsync(path)).Is(HttpStatusCode.Unauthorized);
            }
        }
    }

    private IEnumerable<(string Method, string Path)> Routes() =>
        from route in side.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = Parameter().Replace("/" + route.RoutePattern.RawText!.Trim('/'), "nothing")
        where path.StartsWith("/api/v1/", StringComparison.Ordinal) && !OfTheProtocol.Contains(path["/api/v1".Length..])
        from method in route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        where method != "HEAD"
        select (method, path["/api/v1".Length..]);

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
