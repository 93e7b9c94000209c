using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;

namespace AuthServer.Mcp;

/// <summary>Errors of tools: what went wrong in the words of the REST API, and what a model can do about it.</summary>
internal static class ToolErrors
{
    private const string InvalidArguments = "invalid_arguments";

    /// <summary>An outage or a bug; the log knows which.</summary>
    public static Problem Internal { get; } = new(StatusCodes.Status500InternalServerError, "server_error", "Something went wrong here.");

    public static Problem NoCaller { get; } = Problem.Unauthenticated("This tool needs an access token.");

    /// <summary>The reader's own message can repeat what was sent; only the place is told.</summary>
    public static Problem Describe(JsonException e) => e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
        ? Problem.Invalid(path[2..], "This argument is not known here, or its value is not of the kind that it takes.")
        : Problem.Malformed(InvalidArguments, "An argument is missing or unknown, or has a value that it does not take: see the tool's input schema.");

    /// <summary>Text alone: a result that follows the output schema is what it is not.</summary>
    public static CallToolResult Of(Problem problem) => new() { IsError = true, Content = [new TextContentBlock { Text = TextOf(problem) }] };

    public static string TextOf(Problem problem) =>
        JsonSerializer.Serialize(new Body($"HTTP {problem.Status}", problem.Status, problem.Detail, problem.Code, WhatToDo(problem), problem.Errors, problem.Approval?.Id, problem.Approval?.Url, problem.Approval?.ExpiresAt), McpJson.Results);

    private static string WhatToDo(Problem problem) => problem switch
    {
        { Code: "invalid_client" } => "Use an API key that is not revoked or expired; quickstart makes a new agent with one.",
        { Code: "invalid_grant" } => "Call authenticate with the API key for new tokens.",
        { Code: "invalid_scope" } => "Ask for scopes that the credential allows, or leave scopes out to get them all.",
        { Code: "insufficient_scope" } => "Call authenticate with an API key that allows this scope, and ask for it.",
        { Code: "role" or "no_member" or "organization_missing" } => "Ask a person who may do this in the organization.",
        { Code: "approval_required", Approval: not null } => "Ask the person to answer at approval_url. Then make the very same call again; asking again before changes nothing.",
        { Code: "approval_denied" } => "Do not repeat the call: a person said no to it.",
        { Status: StatusCodes.Status401Unauthorized } => "Call authenticate, and pass its access_token to this tool.",
        { Status: StatusCodes.Status403Forbidden } => "Do not repeat the call: this caller may not do it.",
        { Status: StatusCodes.Status404NotFound } => "Check the id: list_agents names the agents that this caller knows.",
        { Status: StatusCodes.Status409Conflict } => "Change what the detail names, then call again.",
        { Status: StatusCodes.Status429TooManyRequests } => "Wait a minute, then call again.",
        { Status: >= 500 } => "Try again later; if it goes on, tell the operator.",
        _ => "Correct the arguments that errors names, then call again.",
    };

    private sealed record Body(string Error, int StatusCode, string Detail, string Code, string WhatToDo, IReadOnlyDictionary<string, string[]>? Errors,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ApprovalId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ApprovalUrl,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExpiresAt);
}
