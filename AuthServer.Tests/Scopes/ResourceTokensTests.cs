using System.Net;
using AuthServer.Scopes;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Scopes.TwoOrganizations;

namespace AuthServer.Tests.Scopes;

/// <summary>Tokens for an organization’s APIs: who gets and who introspects them.</summary>
public sealed class ResourceTokensTests(TwoOrganizations side) : IClassFixture<TwoOrganizations>
{
    [Fact]
    public async Task A_registered_API_gets_tokens_that_its_own_client_introspects()
    {
        var (url, agent) = (NewUrl(), NewClientId());
        var api = await side.RegisterApiAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent);

        var token = await side.TokenAsync(agent, url);

        Assert.Equal(url, Flows.Claims(token).GetProperty("aud").GetString());
        Assert.True(await side.IsActiveAsync(api.Text("clientId"), api.Text("clientSecret"), token));
        using var tokens = await Flows.TokenAsync(side.Server, api.Text("clientId"), api.Text("clientSecret"), ("grant_type", "client_credentials"));
        await Flows.AssertErrorAsync(tokens, 400, "unauthorized_client");
    }

    [Fact]
    public async Task An_agent_of_another_organization_gets_no_token_for_it_although_it_was_allowed_to_ask()
    {
        var (url, foreign) = (NewUrl(), NewClientId());
        await side.RegisterApiAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Rival, foreign, url);

        foreach (var resource in new[] { url, null })
        {
            using var response = await side.AskTokenAsync(foreign, resource);
            await Flows.AssertErrorAsync(response, 400, "invalid_target");
        }
    }

    [Fact]
    public async Task Its_scopes_limit_its_tokens_and_can_be_changed()
    {
        var (url, agent) = (NewUrl(), NewClientId());
        var api = await side.RegisterApiAsync(url, KeyOf(Acme), scopes: ["calendar:read"]);
        await side.AddAgentAsync(Acme, agent, url);
        Assert.Equal("calendar:read", Flows.Claims(await side.TokenAsync(agent, url, null)).GetProperty("scope").GetString());

        (await side.SendAsync(HttpMethod.Patch, $"/resources/{api.Text("id")}", KeyOf(Acme), new { scopes = new[] { "files:read" } }, api.ETag)).Ok();

        Assert.Equal("files:read", Flows.Claims(await side.TokenAsync(agent, url, null)).GetProperty("scope").GetString());
        (await side.SendAsync(HttpMethod.Patch, $"/resources/{api.Text("id")}", KeyOf(Acme), new { displayName = "Late" }, api.ETag)).Refused(HttpStatusCode.PreconditionFailed, "stale_version");
    }

    [Fact]
    public async Task Who_may_introspect_its_tokens_is_named_and_taken_back()
    {
        var (url, agent, reader) = (NewUrl(), NewClientId(), NewClientId());
        await side.AddAgentAsync(Acme, reader);
        var api = await side.RegisterApiAsync(url, KeyOf(Acme), introspectors: [reader]);
        var path = $"/resources/{api.Text("id")}";
        await side.AddAgentAsync(Acme, agent, url);
        var token = await side.TokenAsync(agent, url);
        Assert.Equal([reader], api.Texts("introspectors"));
        Assert.True(await side.IsActiveAsync(reader, Flows.Secret, token));
        Assert.False(await side.IsActiveAsync(AgentOf(Acme), Flows.Secret, token));

        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { introspectors = new[] { AgentOf(Acme) } })).Ok();
        Assert.False(await side.IsActiveAsync(reader, Flows.Secret, token));
        Assert.True(await side.IsActiveAsync(AgentOf(Acme), Flows.Secret, token));

        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { displayName = "Named" })).Ok();
        Assert.True(await side.IsActiveAsync(AgentOf(Acme), Flows.Secret, token));
        (await side.SendAsync(HttpMethod.Delete, path, KeyOf(Acme))).Ok(HttpStatusCode.NoContent);
        Assert.False(await side.IsActiveAsync(AgentOf(Acme), Flows.Secret, token));
    }

    [Fact]
    public async Task Its_own_client_cannot_be_named_among_the_others_and_so_not_be_taken_out_with_them()
    {
        var (url, agent) = (NewUrl(), NewClientId());
        var api = await side.RegisterApiAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url);
        var (path, token) = ($"/resources/{api.Text("id")}", await side.TokenAsync(agent, url));

        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { introspectors = new[] { AgentOf(Acme), api.Text("clientId") } }))
            .Refused(HttpStatusCode.BadRequest, "invalid_request", "introspectors[1]");
        (await side.SendAsync(HttpMethod.Patch, path, KeyOf(Acme), new { introspectors = Array.Empty<string>() })).Ok();

        Assert.True(await side.IsActiveAsync(api.Text("clientId"), api.Text("clientSecret"), token));
    }

    [Fact]
    public async Task The_credential_of_ones_API_learns_nothing_of_anothers_tokens()
    {
        var (ours, theirs, agent) = (await side.RegisterApiAsync(NewUrl(), KeyOf(Acme)), await side.RegisterApiAsync(NewUrl(), KeyOf(Rival)), NewClientId());
        await side.AddAgentAsync(Rival, agent, theirs.Text("url"));
        var token = await side.TokenAsync(agent, theirs.Text("url"));

        Assert.False(await side.IsActiveAsync(ours.Text("clientId"), ours.Text("clientSecret"), token));
        Assert.True(await side.IsActiveAsync(theirs.Text("clientId"), theirs.Text("clientSecret"), token));
    }

    [Fact]
    public async Task Once_deleted_it_gets_no_more_tokens_and_its_client_is_gone()
    {
        var (url, agent) = (NewUrl(), NewClientId());
        var api = await side.RegisterApiAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url);
        var token = await side.TokenAsync(agent, url);

        (await side.SendAsync(HttpMethod.Delete, $"/resources/{api.Text("id")}", KeyOf(Acme))).Ok(HttpStatusCode.NoContent);

        foreach (var resource in new[] { url, null })
        {
            using var refused = await side.AskTokenAsync(agent, resource);
            await Flows.AssertErrorAsync(refused, 400, "invalid_target");
        }

        using var introspection = await Flows.PostAsync(side.Server, "/connect/introspect", api.Text("clientId"), api.Text("clientSecret"), ("token", token));
        await Flows.AssertErrorAsync(introspection, 401, "invalid_client");
        (await side.GetAsync($"/resources/{api.Text("id")}", KeyOf(Acme))).Refused(HttpStatusCode.NotFound, "not_found");
        foreach (var type in new[] { ScopeEvents.ResourceRegistered, ScopeEvents.ResourceDeleted })
        {
            Assert.Single(await side.Server.TrailAsync(type), row => row.Target == api.Text("id"));
        }
    }

    [Fact]
    public async Task A_consent_from_before_gives_no_token_for_it_and_none_for_the_issuer_instead()
    {
        var (url, agent) = (NewUrl(), NewClientId());
        var api = await side.RegisterApiAsync(url, KeyOf(Acme));
        await side.AddAgentAsync(Acme, agent, url, Flows.Api);
        using var browser = new TestBrowser(side.Server);
        var answer = await Flows.AuthorizeAsync(browser, agent, Flows.WebRedirect, ("scope", "calendar:read offline_access"), ("resource", url));
        using var redeemed = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "authorization_code"), ("code", answer["code"]),
            ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));
        var refreshToken = (await TokenSide.OkAsync(redeemed)).GetProperty("refresh_token").GetString();
        var next = await Flows.AuthorizeAsync(browser, agent, Flows.WebRedirect, ("scope", "calendar:read offline_access"), ("resource", url));

        (await side.SendAsync(HttpMethod.Delete, $"/resources/{api.Text("id")}", KeyOf(Acme))).Ok(HttpStatusCode.NoContent);

        using var refreshed = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "refresh_token"), ("refresh_token", refreshToken));
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_target");
        using var late = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "authorization_code"), ("code", next["code"]),
            ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));
        await Flows.AssertErrorAsync(late, 400, "invalid_target");

        // Its next owner is no heir of what was granted for it.
        await side.RegisterApiAsync(url, KeyOf(Rival));
        using var inherited = await Flows.TokenAsync(side.Server, agent, Flows.Secret, ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("resource", url));
        await Flows.AssertErrorAsync(inherited, 400, "invalid_target");
    }
}
