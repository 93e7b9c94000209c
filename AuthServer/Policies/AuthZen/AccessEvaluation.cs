using System.Text.Json;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Policies.AuthZen;

/// <summary>Answers questions, each with a decision that counts and is recorded (AuthZEN §6 and §7).</summary>
public sealed class AccessEvaluation(AgentRights rights, Decisions decisions, TimeProvider clock)
{
    private const int MostQuestions = 100;

    public async Task<Answer<AccessDecision>> EvaluateAsync(HttpContext http, Enforcer enforcer, JsonElement body, CancellationToken ct)
    {
        var faults = new Faults();
        return new QuestionReader(body, default, faults).Read(AccessPart.None) is { } question
            ? AccessDecision.Of(await DecideAsync(http, enforcer, question, ct))
            : faults.Problem!;
    }

    public async Task<Answer<AccessDecisions>> EvaluateAllAsync(HttpContext http, Enforcer enforcer, JsonElement body, CancellationToken ct)
    {
        if (!body.TryGetProperty("evaluations", out var questions) || questions is { ValueKind: JsonValueKind.Array } && questions.GetArrayLength() == 0)
        {
            // §7.1: then it is a single question.
            return (await EvaluateAsync(http, enforcer, body, ct)).Failed(out var problem, out var only)
                ? problem
                : new AccessDecisions { Decision = only.Decision, Context = only.Context };
        }

        if (questions.ValueKind != JsonValueKind.Array || questions.GetArrayLength() > MostQuestions || questions.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            return Problem.Invalid("evaluations", $"Give a list of at most {MostQuestions} objects.");
        }

        if (!TryReadSemantic(body, out var stopAt))
        {
            return Problem.Invalid("options.evaluations_semantic", "Use execute_all, deny_on_first_deny or permit_on_first_permit.");
        }

        var answers = new List<AccessDecision>();
        foreach (var question in questions.EnumerateArray())
        {
            answers.Add(await AnswerAsync(http, enforcer, question, body, ct));
            if (answers[^1].Decision == stopAt)
            {
                break;
            }
        }

        return new AccessDecisions { Evaluations = answers };
    }

    private async Task<AccessDecision> AnswerAsync(HttpContext http, Enforcer enforcer, JsonElement item, JsonElement defaults, CancellationToken ct)
    {
        var faults = new Faults();
        return new QuestionReader(item, defaults, faults).Read(AccessPart.None) is { } question
            ? AccessDecision.Of(await DecideAsync(http, enforcer, question, ct))
            : AccessDecision.Of(faults.Problem!);
    }

    private async Task<Verdict> DecideAsync(HttpContext http, Enforcer enforcer, AccessQuestion question, CancellationToken ct)
    {
        var (now, (agent, user)) = (clock.GetUtcNow(), question.Parties);
        var found = agent is null ? null : await rights.FindAsync(enforcer.OrganizationId, agent, user, ct);
        string[] actions = [question.Action!];
        var input = question.Complete(found?.Ask(actions, now) ?? new PolicyInput
        {
            // Somebody of whom this organization knows nothing has no rights in it, and the answer says no more than that.
            Now = now,
            OrganizationId = enforcer.OrganizationId,
            Granted = [],
            Required = actions,
            Risk = _ => null,
        });

        // Whatever else enforcement points call their subjects by may be somebody's address, which must not outlive them.
        var known = Identifiers.Read("agt_", question.SubjectId ?? "") ?? Identifiers.Read("usr_", question.SubjectId ?? "");
        var told = http.Event(PolicyEvents.AccessEvaluated, AuditOutcomes.Denied, now) with
        {
            Subject = found?.Agent.Id,
            Target = known,
            Personal = known is null && question.SubjectId is { } unknown ? JsonSerializer.Serialize(new { subject = AuditDetail.Mask(unknown) }, ApiJson.Options) : null,
        };
        return await decisions.DecideAsync(input, told, enforcer.Name, question.ActionId, found is null ? null : new ApprovableAct(), ct);
    }

    /// <summary>§7.1.2.1: after which decision nothing more is asked; null: after none.</summary>
    private static bool TryReadSemantic(JsonElement body, out bool? stopAt)
    {
        stopAt = null;
        if (!body.TryGetProperty("options", out var options))
        {
            return true;
        }

        if (options.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (!options.TryGetProperty("evaluations_semantic", out var semantic))
        {
            return true;
        }

        var word = semantic.ValueKind == JsonValueKind.String ? semantic.GetString() : null;
        stopAt = word switch
        {
            "deny_on_first_deny" => false,
            "permit_on_first_permit" => true,
            _ => null,
        };
        return stopAt is not null || word == "execute_all";
    }
}
