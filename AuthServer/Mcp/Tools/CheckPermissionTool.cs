using System.ComponentModel;
using AuthServer.Http.Api;
using AuthServer.Policies;
using AuthServer.Policies.Engine;

namespace AuthServer.Mcp.Tools;

internal sealed class CheckPermissionTool(PolicyEvaluation evaluation) : McpTool<CheckPermissionTool.Arguments, CheckPermissionTool.Result>(
    new(
        "check_permission",
        "Ask whether an agent may",
        "Dry-run policy evaluation: whether an agent is allowed to perform an action, by its own rights or by a delegation, without enforcing or recording it. Useful for pre-flight checks."),
    ToolKind.Reads,
    "policies.read")
{
    protected override async Task<Answer<Result>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct)
    {
        var question = new EvaluationBody { AgentId = arguments.AgentId, Action = Word(arguments.Action), Resource = arguments.Resource };
        return (await evaluation.EvaluateAsync(call.Http, call.Party, question, ct)).Failed(out var problem, out var answer)
            ? problem
            : new Result(answer.Allowed, answer.Effect, answer.MatchingPolicyId, answer.MatchingPolicyName, answer.DelegationId, answer.ReasonCode, answer.Reason);
    }

    private static string Word(PermissionAction action) => action.ToString().ToLowerInvariant();

    internal sealed record Arguments
    {
        [Description("The agent that would act, agt_… or the same as a UUID.")]
        public required string AgentId { get; init; }

        [Description("What it would do.")]
        public required PermissionAction Action { get; init; }

        [Description("What it would act on: a path such as /api/v1/credentials.")]
        public required string Resource { get; init; }
    }

    internal sealed record Result(
        bool Allowed,
        PolicyEffect Effect,
        [property: Description("The policy that decides; null: none has a say.")] string? MatchingPolicyId,
        string? MatchingPolicyName,
        [property: Description("The delegation that gives what is allowed; null: own rights do, or nothing.")] string? DelegationId,
        string ReasonCode,
        string Reason);
}

/// <summary>The six actions that policies know.</summary>
internal enum PermissionAction
{
    Read,
    Write,
    Delete,
    Execute,
    Delegate,
    Admin,
}
