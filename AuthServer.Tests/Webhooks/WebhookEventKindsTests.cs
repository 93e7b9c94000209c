using System.Net;
using AuthServer.Endpoints;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Webhooks;

/// <summary>What the trail's events are called to webhooks.</summary>
public sealed class WebhookEventKindsTests
{
    private static readonly string Issued = TokenDetail.Of("client_credentials", ["a"], []);
    private static readonly string Refreshed = TokenDetail.Of("refresh_token", ["a"], ["https://api.example"]);

    [Theory]
    [InlineData("token.issued", "success", null, null, "token.issued")]
    [InlineData("token.revoked", "success", null, null, "token.revoked")]
    [InlineData("agent.tokens_ended", "success", null, null, "token.revoked")]
    [InlineData("token.verified", "success", null, "pol_1", "token.verified")]
    [InlineData("token.verified", "denied", null, "pol_1", "policy.violated")]
    [InlineData("token.verified", "denied", null, null, null)]
    [InlineData("access.evaluated", "denied", null, "pol_1", "policy.violated")]
    [InlineData("access.evaluated", "success", null, "pol_1", null)]
    [InlineData("access.refused", "denied", "createCredential", null, "credential.creation_denied")]
    [InlineData("access.refused", "denied", "create_credential", null, "credential.creation_denied")]
    [InlineData("access.refused", "denied", "createWebhook", null, null)]
    [InlineData("agent.registered", "success", null, null, "agent.created")]
    [InlineData("agent.key_created", "success", null, null, "credential.created")]
    [InlineData("agent.keys_replaced", "success", null, null, "credential.rotated")]
    [InlineData("certificate.revoked", "success", null, null, "certificate.revoked")]
    [InlineData("webhook.created", "success", null, null, null)]
    [InlineData("webhook.tested", "success", null, null, null)]
    [InlineData("user.signed_in", "success", null, null, null)]
    [InlineData("", "", null, null, null)]
    public void Each_event_of_the_trail_has_one_name_or_none(string type, string outcome, string? target, string? policy, string? name) =>
        Assert.Equal(name, WebhookEventKinds.NameOf(new TrailNews("aud_1", type, outcome, target, policy, Issued)));

    [Fact]
    public void A_token_that_came_by_a_refresh_token_is_refreshed()
    {
        Assert.Equal("token.refreshed", Name(Refreshed));
        Assert.Equal("token.issued", Name(Issued));
        Assert.Equal("token.issued", Name(null));
        Assert.Equal("token.issued", Name("[]"));
        Assert.Equal("token.issued", Name("{ broken"));

        static string? Name(string? detail) => WebhookEventKinds.NameOf(new TrailNews("aud_1", "token.issued", "success", null, null, detail));
    }

    [Fact]
    public void The_names_of_the_seed_are_there_but_those_that_nothing_tells_of() => Assert.Empty(
        new[]
        {
            "token.issued", "token.refreshed", "token.revoked", "credential.created", "credential.rotated", "credential.revoked", "credential.creation_denied",
            "delegation.revoked", "agent.suspended", "policy.violated",
        }.Except(WebhookEventKinds.Names));
}

/// <summary>The same against the running server, by what people and agents do.</summary>
public sealed class WebhookEventsTests(WebhookSide side) : IClassFixture<WebhookSide>
{
    [Fact]
    public async Task What_happens_to_tokens_keys_agents_delegations_and_policies_is_told()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        await side.CreateAsync(side.Receiver.Url("/all"), [.. WebhookEventKinds.Names], acme);
        var (one, two) = (await acme.RegisterAsync(), await acme.RegisterAsync());
        var key = await acme.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = Text(one, "id") }, HttpStatusCode.Created);
        using var nobody = new Rest(side.Server);
        var tokens = (await nobody.PostAsync("/auth/token", new { grant_type = "client_credentials", client_secret = Text(key, "raw_key") })).Is(HttpStatusCode.OK).Json;
        (await nobody.PostAsync("/auth/token", new { grant_type = "refresh_token", refresh_token = Text(tokens, "refresh_token") })).Is(HttpStatusCode.OK);
        var question = new { token = Text(tokens, "access_token"), requiredScopes = new[] { "email:read" } };
        await acme.PostAsync("/api/v1/tokens/verify", question);
        var policy = await acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new { name = "No", effect = "deny", actions = new[] { "email:*" } }, HttpStatusCode.Created);
        await acme.PostAsync("/api/v1/tokens/verify", question);
        await acme.AskAsync(HttpMethod.Delete, $"/api/v1/policies/{Text(policy, "id")}", null, HttpStatusCode.NoContent);

        var delegation = await acme.AskAsync(
            HttpMethod.Post, "/api/v1/delegations", new { delegator_agent_id = Text(one, "id"), delegate_agent_id = Text(two, "id"), scopes = new[] { "email:read" } }, HttpStatusCode.Created);
        await acme.AskAsync(HttpMethod.Delete, $"/api/v1/delegations/{Text(delegation, "id")}", null);
        var rotated = await acme.AskAsync(HttpMethod.Post, $"/api/v1/credentials/{Text(key.GetProperty("credential"), "id")}/rotate");
        await acme.AskAsync(HttpMethod.Delete, $"/api/v1/credentials/{Text(rotated.GetProperty("new_credential"), "id")}");
        var auditor = await acme.ColleagueAsync(Role.Auditor);
        await auditor.AskAsync(HttpMethod.Post, "/api/v1/policies", new { name = "No", effect = "deny" }, HttpStatusCode.Forbidden);
        await auditor.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = Text(one, "id") }, HttpStatusCode.Forbidden);
        await acme.PostAsync($"/api/v1/agents/{Text(one, "id")}/suspend");
        await side.FinishAsync();
        await side.FinishAsync();

        Assert.Equal(
            [
                "agent.created", "agent.created", "agent.suspended", "credential.created", "credential.creation_denied", "credential.revoked", "credential.rotated",
                "delegation.created", "delegation.revoked", "policy.created", "policy.deleted", "policy.violated", "token.issued", "token.refreshed", "token.verified",
            ],
            side.Receiver.All.Where(message => message.Path == "/all").Select(message => message.Type).Order(StringComparer.Ordinal));
    }
}
