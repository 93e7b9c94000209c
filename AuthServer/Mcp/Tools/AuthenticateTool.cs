using System.ComponentModel;
using AuthServer.Agents.Credentials;
using AuthServer.Http.Api;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Mcp.Tools;

internal sealed class AuthenticateTool(AgentTokenDoor door) : McpTool<AuthenticateTool.Arguments, TokenResult>(
    new(
        "authenticate",
        "Get an access token",
        "Exchange an API key for an access token (client_credentials grant). Returns the access token, a refresh token, and when to use it."),
    ToolKind.Makes,
    null)
{
    protected override async Task<Answer<TokenResult>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct)
    {
        var faults = new Faults();
        faults.Add("api_key", arguments.ApiKey is null ? "Give the API key: this server knows none by itself." : ApiKeys.IsOne(arguments.ApiKey) ? null : "An API key begins with ak_live_.");
        faults.Add("scopes", arguments.Scopes is null || (arguments.Scopes.Count > 0 && arguments.Scopes.All(ScopeNames.IsOne)) ? null : "Name one scope or more, each by itself, or leave this out.");
        return faults.Problem is { } problem ? problem : await door.AuthenticateAsync(call.Http, arguments.ApiKey!, arguments.Scopes, ct);
    }

    protected override string Bare(TokenResult result) => result.AccessToken;

    /// <summary>Holds a secret, so it is no record, which would print it.</summary>
    internal sealed class Arguments
    {
        [Description("The API key, ak_live_…. In stdio mode left out: the bridge's AGENTAUTH_API_KEY.")]
        public string? ApiKey { get; init; }

        [Description("Scopes to ask for. Left out: all that the credential allows.")]
        public IReadOnlyList<string>? Scopes { get; init; }
    }
}
