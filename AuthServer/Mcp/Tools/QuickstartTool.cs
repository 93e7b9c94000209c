using System.ComponentModel;
using AuthServer.Agents;
using AuthServer.Agents.Claims;
using AuthServer.Endpoints.Rest;
using AuthServer.Http.Api;
using AuthServer.Scopes;

namespace AuthServer.Mcp.Tools;

internal sealed class QuickstartTool(Quickstart quickstart, OwnResources own) : McpTool<QuickstartTool.Arguments, QuickstartTool.Result>(
    new(
        "quickstart",
        "Register a new agent",
        "Register a new root agent and get credentials in one call; for the first run only. Returns the agent's identity, its API key (shown once: save it immediately), an access token and a refresh token. Show your person the claim's url and code: an agent that nobody claims expires."),
    ToolKind.Makes,
    null)
{
    protected override async Task<Answer<Result>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct)
    {
        var said = new NewUnclaimedAgent { Name = arguments.Name, AgentType = arguments.AgentType, Description = arguments.Description, Invitation = arguments.Invitation };
        return (await quickstart.StartAsync(call.Http, said, [own.Api.Uri, own.Mcp.Uri], ct)).Failed(out var problem, out var made) ? problem : new Result(made);
    }

    protected override string Bare(Result result) => result.ApiKey;

    internal sealed record Arguments
    {
        [Description("A name for people, such as my-data-pipeline.")]
        public required string Name { get; init; }

        [Description("orchestrator coordinates other agents, autonomous runs long tasks by itself, assistant answers people, tool serves one narrow purpose.")]
        public required AgentType AgentType { get; init; }

        [Description("What it is for.")]
        public string? Description { get; init; }

        [Description("Only where this server registers agents by invitation.")]
        public string? Invitation { get; init; }
    }

    /// <summary>No record: it must never be printed.</summary>
    internal sealed class Result(QuickstartAnswer made)
    {
        public QuickstartAgent Agent { get; } = made.Agent;

        [Description("Save it now: it is not shown again. authenticate takes it.")]
        public string ApiKey { get; } = made.ApiKey;

        [Description("The key's first characters.")]
        public string ApiKeyPrefix { get; } = made.ApiKeyPrefix;

        [Description("The key's id, which rotate_credential and revoke_credential take.")]
        public string CredentialId { get; } = made.CredentialId;

        [Description("Pass it to the other tools as access_token, or send it as a bearer token.")]
        public string AccessToken { get; } = made.Token!.AccessToken;

        [Description("Good once, for the next pair: refresh_token.")]
        public string? RefreshToken { get; } = made.Token.RefreshToken;

        public string TokenType { get; } = made.Token.TokenType;

        [Description("Seconds.")]
        public long ExpiresIn { get; } = made.Token.ExpiresIn;

        public DateTimeOffset IssuedAt { get; } = made.Token.IssuedAt;

        public DateTimeOffset ExpiresAt { get; } = made.Token.ExpiresAt;

        [Description("When to call refresh_token.")]
        public DateTimeOffset RefreshBefore { get; } = made.Token.RefreshBefore;

        public IReadOnlyList<string> Scopes { get; } = made.Token.Scope.Split(' ');

        [Description("For a person who signs in there and answers for the agent from then on.")]
        public QuickstartClaim Claim { get; } = made.Claim!;
    }
}
