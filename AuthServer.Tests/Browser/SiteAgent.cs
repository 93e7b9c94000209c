using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>An agent that asks people for consent.</summary>
public sealed class SiteAgent(JsonElement registered, Rest nobody, Rest key)
{
    public string Id => AgentSide.Text(registered, "id");

    /// <summary>By which the organization's programs call.</summary>
    public Rest Key => key;

    /// <summary>The link at which a person decides.</summary>
    public Task<string> AskAsync(string[] scopes, params string[] required) => FileAsync(null, scopes, required);

    /// <summary>The same at which only this person decides.</summary>
    public Task<string> AskPersonAsync(string userId, string[] scopes) => FileAsync(userId, scopes, []);

    private async Task<string> FileAsync(string? userId, string[] scopes, string[] required)
    {
        var filed = await nobody.PostAsync("/consent/initiate", new
        {
            clientId = AgentSide.Text(registered, "clientId"),
            requestedScopes = scopes,
            requiredScopes = required,
            redirectUri = "https://yourapp.example/callback",
            state = "xyz",
            userId,
        });
        return filed.Is(HttpStatusCode.Created).Json.GetProperty("consentUrl").GetString()!;
    }

    /// <summary>Tokens for the code in this address.</summary>
    public async Task<JsonElement> ExchangeAsync(string url)
    {
        var tokens = await nobody.PostAsync("/tokens/exchange", new
        {
            code = Flows.Query(new Uri(url))["code"],
            clientId = AgentSide.Text(registered, "clientId"),
            clientSecret = AgentSide.Text(registered, "clientSecret"),
        });
        return tokens.Is(HttpStatusCode.OK).Json;
    }

    public async Task<bool> MayAsync(JsonElement tokens, params string[] scopes)
    {
        var verified = await nobody.PostAsync("/tokens/verify", new { token = tokens.GetProperty("accessToken").GetString(), requiredScopes = scopes });
        return verified.Is(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean();
    }
}
