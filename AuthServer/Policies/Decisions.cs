using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;
using Microsoft.Extensions.Logging;

namespace AuthServer.Policies;

/// <summary>The one door to the engine: what an organization's policies say of a request, with its limits taken and its event appended in one
/// commit. Where policies cannot be asked, the answer is no.</summary>
public sealed partial class Decisions(
    PolicyCatalog catalog, LimitLedger ledger, ApprovalDesk approvals, IAuditTrail trail, IssuerUri issuer, ILogger<Decisions> logger)
{
    private static readonly PolicyDecision Failure = new(
        PolicyOutcome.Denied, PolicyReasons.PolicyFailure, "The policies could not be evaluated, so the request is denied.", null, null, []);

    /// <param name="template">The event to append, whose type, time and correlation the caller knows; its detail is written here.</param>
    /// <param name="enforcer">Who asks, by the name that the trail has for it; null: nobody knows.</param>
    /// <param name="actionId">The enforcer's own name for this action: repeated by it within 24 hours with nothing else changed, it counts once.</param>
    /// <param name="act">What is about to be done, where a person may be asked whether it may; null: nobody is.</param>
    public async Task<Verdict> DecideAsync(PolicyInput input, AuditEvent template, string? enforcer, string? actionId, ApprovableAct? act, CancellationToken ct)
    {
        var action = actionId is null ? null : DecisionRecord.ActionOf(input, enforcer, actionId);
        var told = DecisionRecord.Describe(input, enforcer, action, template);
        try
        {
            var decision = PolicyEngine.Decide(input, await catalog.OfAsync(input.OrganizationId, ct));
            return decision.Outcome == PolicyOutcome.Allowed ? await AllowAsync(decision, input, action, told, ct)

                // Who asks for nothing by name, and who is no agent, has nothing that a person could be shown.
                : decision.Outcome == PolicyOutcome.ApprovalRequired && act is not null && input is { AgentId: not null, Required.Count: > 0 }
                    ? await AskAsync(decision, new ApprovalAsk(input, act, decision.Asking, enforcer), action, told, ct)
                : await RefuseAsync(await WithoutRoomAsync(decision, input.Now, ct), told, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever is broken, it guarded something.
            Log.Failed(logger, input.OrganizationId, e);
            return await RefuseAsync(Failure, told, ct);
        }
    }

    /// <summary>What the answer would be now. Nothing is taken and nothing recorded.</summary>
    public ValueTask<PolicyDecision> DryRunAsync(PolicyInput input, CancellationToken ct) => DryRunAsync(input, WithoutRoomAsync, ct);

    /// <summary>The same while every limit has room: reads none.</summary>
    public ValueTask<PolicyDecision> DryRunWithRoomAsync(PolicyInput input, CancellationToken ct) =>
        DryRunAsync(input, static (decision, _, _) => ValueTask.FromResult(decision), ct);

    /// <summary>What each of the organization's policies says by itself. Empty where they cannot be read.</summary>
    public async ValueTask<IReadOnlyList<PolicyFinding>> ExplainAsync(PolicyInput input, CancellationToken ct)
    {
        try
        {
            return PolicyEngine.Explain(input, await catalog.OfAsync(input.OrganizationId, ct));
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    private async ValueTask<PolicyDecision> DryRunAsync(
        PolicyInput input, Func<PolicyDecision, DateTimeOffset, CancellationToken, ValueTask<PolicyDecision>> look, CancellationToken ct)
    {
        try
        {
            return await look(PolicyEngine.Decide(input, await catalog.OfAsync(input.OrganizationId, ct)), input.Now, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(logger, input.OrganizationId, e);
            return Failure;
        }
    }

    private async Task<Verdict> AllowAsync(PolicyDecision decision, PolicyInput input, string? action, AuditEvent told, CancellationToken ct)
    {
        // Made before the write, where others would wait for it; what is refused for want of room is the exception.
        var allowed = AuditEventRow.From(With(told, decision));
        var outcome = await ledger.TakeAsync(
            decision.Limits, action, input.Now, outcome => outcome.Exceeded is { } limit ? AuditEventRow.From(With(told, limit.Exceeded())) : allowed, ct);
        return Of(outcome.Exceeded?.Exceeded() ?? decision, outcome.Rate, outcome.Left, told);
    }

    /// <summary>Passes by what a person approved, or asks one.</summary>
    private async Task<Verdict> AskAsync(PolicyDecision decision, ApprovalAsk ask, string? action, AuditEvent told, CancellationToken ct)
    {
        PolicyDecision Of(ApprovalOutcome outcome) => outcome.Answer switch
        {
            ApprovalAnswer.Approved => decision with { Outcome = PolicyOutcome.Allowed, ReasonCode = PolicyReasons.Approved, Said = PolicyDecision.Of(decision.PolicyName, "a person approved this") },
            ApprovalAnswer.Denied => decision with { ReasonCode = PolicyReasons.ApprovalDenied, Said = PolicyDecision.Of(decision.PolicyName, "a person was asked, and said no") },
            ApprovalAnswer.TooMany => decision with { Said = Sentence.Of("{0} So much of this agent waits for an answer that nobody is asked for more.", decision.Said) },
            _ => decision,
        };

        var outcome = await approvals.AskAsync(ask, decision.Limits, action, outcome => With(told, Of(outcome)), ct);
        return outcome.Exceeded is { } limit ? await RefuseAsync(limit.Exceeded(), told, ct)
            : Decisions.Of(Of(outcome), outcome.Taken?.Rate, outcome.Taken?.Left ?? [], told) with
            {
                Approval = outcome is { Id: { } id, ExpiresAt: { } until } && outcome.Answer != ApprovalAnswer.Approved ? new AskedApproval(id, issuer.At(Approval.PageOf(id, ask.DeciderId, ask.Input.OrganizationId)), until) : null,
            };
    }

    private async Task<Verdict> RefuseAsync(PolicyDecision decision, AuditEvent told, CancellationToken ct)
    {
        await trail.AppendAsync(With(told, decision), ct);
        return Of(decision, null, [], told);
    }

    /// <summary>The decision, or the denial for want of room in one of its limits.</summary>
    private async ValueTask<PolicyDecision> WithoutRoomAsync(PolicyDecision decision, DateTimeOffset now, CancellationToken ct) =>
        decision.Limits.Count == 0 ? decision : (await ledger.LookAsync(decision.Limits, now, ct)).Exceeded?.Exceeded() ?? decision;

    private static AuditEvent With(AuditEvent told, PolicyDecision decision) => told with
    {
        Outcome = decision.Outcome == PolicyOutcome.Allowed ? AuditOutcomes.Success : AuditOutcomes.Denied,
        Reason = decision.ReasonCode,
        PolicyId = decision.PolicyId,
    };

    private static Verdict Of(PolicyDecision decision, RateLeft? rate, IReadOnlyList<LimitLeft> left, AuditEvent told) => new(
        decision.Outcome == PolicyOutcome.Allowed, decision.ReasonCode, decision.Said.ToString(), decision.PolicyId, decision.PolicyName, rate, left, told.Id);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The policies of {OrganizationId} could not be evaluated; requests are denied.")]
        public static partial void Failed(ILogger logger, string organizationId, Exception exception);
    }
}
