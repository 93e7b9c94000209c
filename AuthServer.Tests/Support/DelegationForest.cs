using System.Net;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>An organization's agents that let each other act, made by its developer key.</summary>
/// <param name="key">By which its programs call.</param>
public sealed class DelegationForest(Rest key)
{
    public const string Redirect = "https://yourapp.example/callback";

    /// <summary>A new agent that may do these things.</summary>
    public async Task<ForestAgent> AgentAsync(string name, params string[] scopes)
    {
        var agent = (await key.PostAsync("/agents", new
        {
            name,
            redirectUris = new[] { Redirect },
            allowedScopes = scopes.Length == 0 ? ["email:read", "email:send", "delegations.read", "delegations.write"] : scopes,
        })).Is(HttpStatusCode.Created).Json;
        var made = (await key.PostAsync("/credentials", new { agent_id = Text(agent, "id") })).Is(HttpStatusCode.Created).Json;
        return new ForestAgent(Text(agent, "id"), Text(agent, "name"), Text(agent, "clientId"), Text(agent, "clientSecret"), Text(made, "raw_key"));
    }

    /// <summary>The new delegation's id.</summary>
    /// <param name="of">The one that is passed on; null: its own rights.</param>
    public async Task<string> DelegateAsync(ForestAgent from, ForestAgent to, string? of = null, object? constraints = null, int? hours = null, string scope = "email:read") =>
        Text((await key.PostAsync("/delegations", new
        {
            delegator_agent_id = from.Id,
            delegate_agent_id = to.Id,
            scopes = new[] { scope },
            delegation_id = of,
            constraints,
            expires_in_hours = hours,
        })).Is(HttpStatusCode.Created).Json, "id");

    /// <summary>The link at which a person decides whether this agent may act for them.</summary>
    public async Task<string> AskAsync(ForestAgent agent, params string[] scopes)
    {
        using var nobody = key.As(null);
        return Text((await nobody.PostAsync("/consent/initiate", new
        {
            clientId = agent.ClientId,
            requestedScopes = scopes,
            redirectUri = Redirect,
            state = "xyz",
        })).Is(HttpStatusCode.Created).Json, "consentUrl");
    }

    /// <summary>The access token for the code that came with a person's consent.</summary>
    public async Task<string> TokenAsync(ForestAgent agent, string code)
    {
        using var nobody = key.As(null);
        var tokens = await nobody.PostAsync("/tokens/exchange", new { code, clientId = agent.ClientId, clientSecret = agent.ClientSecret });
        return Text(tokens.Is(HttpStatusCode.OK).Json, "accessToken");
    }

    /// <summary>What an agent passes on with a token in which it acts for somebody.</summary>
    public async Task<string> PassOnAsync(string token, ForestAgent to, params string[] scopes)
    {
        using var rest = key.As(token);
        return Text((await rest.PostAsync("/delegations", new { delegate_agent_id = to.Id, scopes = scopes.Length == 0 ? ["email:read"] : scopes })).Is(HttpStatusCode.Created).Json, "id");
    }

    /// <summary>A token in which this agent acts after what the other token says.</summary>
    public async Task<string> ExchangedAsync(ForestAgent agent, string token)
    {
        using var nobody = key.As(null);
        var answer = await nobody.PostAsync("/auth/token", new
        {
            grant_type = ChainSide.Exchange,
            client_secret = agent.Key,
            subject_token = token,
            subject_token_type = ChainSide.AccessToken,
        });
        return Text(answer.Is(HttpStatusCode.OK).Json, "access_token");
    }

    /// <summary>A token for what was delegated to it.</summary>
    public async Task<string> ActedAsync(ForestAgent agent, string delegationId)
    {
        using var nobody = key.As(null);
        var answer = await nobody.PostAsync("/auth/token", new { grant_type = "agent_delegation", client_secret = agent.Key, delegation_id = delegationId });
        return Text(answer.Is(HttpStatusCode.OK).Json, "access_token");
    }

    public async Task RevokeAsync(string delegationId) => (await key.DeleteAsync("/delegations/" + delegationId)).Is(HttpStatusCode.OK);

    public async Task SuspendAsync(ForestAgent agent) => (await key.PostAsync($"/agents/{agent.Id}/suspend")).Is(HttpStatusCode.OK);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}

/// <summary>An agent with all that it proves itself with.</summary>
public sealed record ForestAgent(string Id, string Name, string ClientId, string ClientSecret, string Key);
