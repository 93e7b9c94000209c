using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.Delegation;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>What an agent would be answered: by its own rights, or by a chain of delegations that it received, each judged by itself. Nothing is
/// counted, nothing enforced and nothing recorded.</summary>
public sealed class PolicyEvaluation(
    IDbContextFactory<AuthDbContext> contexts, AgentRights rights, ChainRights chains, Decisions decisions, PartyPace pace, TimeProvider clock)
{
    /// <summary>One may ask about every agent that one sees; others do not exist.</summary>
    public async Task<Answer<EvaluationItem>> EvaluateAsync(HttpContext http, ActingParty caller, EvaluationBody body, CancellationToken ct)
    {
        // One agent may have many keys, and each question costs as much as many calls.
        if (caller.Agent is { } asking && pace.Count(http, "evaluation_pace", asking.Id) is { } tooMany)
        {
            return Problem.TooMany(tooMany.Description);
        }

        if (EvaluationQuestion.Read(body).Failed(out var problem, out var question))
        {
            return problem;
        }

        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await AgentReach.FindAsync(context, caller, question.AgentId, now, ct) is not { Row.Agent: var agent } reach)
        {
            return Problem.NotFound;
        }

        if (await rights.FindAsync(agent.OrganizationId, agent.Id, question.UserId, ct) is not { } own)
        {
            return EvaluationItem.Denied("agent_not_active", "The agent is not active.");
        }

        // What an agent does not see of the policies, their findings would tell it.
        question = question with { Explains = body.Explain == true && caller.Developer is not null };

        // Who is of another organization learns of what it takes part in.
        var whole = reach.Runs || reach.Row.IsOf(caller);
        return await JudgeAsync(question, own, whole ? null : caller.Agent!.Id, now, ct);
    }

    /// <param name="stranger">An agent of another organization that asks; null: one of the same.</param>
    private async Task<EvaluationItem> JudgeAsync(EvaluationQuestion question, RightsOfAgent own, string? stranger, DateTimeOffset now, CancellationToken ct)
    {
        EvaluationItem? refused = null;
        if (stranger is null && await AnyAsync(question, own, null, now, item => refused ??= item, ct) is { } byItself)
        {
            return byItself;
        }

        string[] asked = [.. question.Ways.SelectMany(way => way).Distinct(StringComparer.Ordinal)];
        await foreach (var right in chains.FindAsync(own, question.UserId, stranger, asked, now, ct))
        {
            if (await AnyAsync(question, right.Rights, right, now, item => refused ??= item, ct) is { } byDelegation)
            {
                return stranger is null ? byDelegation : byDelegation.WithoutPolicy;
            }
        }

        return refused is null ? NotGranted(question, stranger) : stranger is null ? refused : refused.WithoutPolicy;
    }

    /// <summary>The first way in which this right is enough; null: none.</summary>
    /// <param name="refuse">Told why a way that is granted is not allowed all the same.</param>
    private async ValueTask<EvaluationItem?> AnyAsync(
        EvaluationQuestion question, RightsOfAgent held, ChainRight? chain, DateTimeOffset now, Action<EvaluationItem> refuse, CancellationToken ct)
    {
        // A new token has used nothing yet.
        Constraint? unusable = null;
        var takes = chain is null ? [] : DelegationLimits.Of(chain.Chain, Identifiers.New("aud_", now), now, question.Stated, out unusable);
        var broken = chain?.Bounds.PerAction.FirstAgainst(new ActionValues { Stated = question.Stated }) ?? unusable;
        foreach (var way in question.Ways)
        {
            var input = held.Ask(way, question.Context.Time ?? now) with
            {
                Resource = question.Resource,
                Address = question.Address,
                Amount = question.Context.Amount,
                Currency = question.Context.Currency,
                Limits = takes,
            };

            // What a bound forbids needs no look at what is left.
            var decision = await (broken is null ? decisions.DryRunAsync(input, ct) : decisions.DryRunWithRoomAsync(input, ct));
            if (decision.ReasonCode == PolicyReasons.ScopeMissing)
            {
                continue;
            }

            var item = broken is not null
                ? EvaluationItem.Denied("constraint_violated", Sentence.Of("The delegation {0} bounds {1}: {2}.", chain!.Chain.Leaf.Id, broken.Key, broken.Json))
                : EvaluationItem.Of(decision, chain?.Chain.Leaf.Id);
            item = question.Explains ? item.With(await decisions.ExplainAsync(input, ct)) : item;
            if (item.Allowed)
            {
                return item;
            }

            refuse(item);
        }

        return null;
    }

    private static EvaluationItem NotGranted(EvaluationQuestion question, string? stranger)
    {
        var scopes = string.Join(" or ", question.Ways.Take(2).Select(way => string.Join(", ", way.Select(scope => $"\"{scope}\""))));
        return EvaluationItem.Denied(
            PolicyReasons.ScopeMissing,
            question.Ways.Count == 0 ? "No scope stands for this action on this resource."
            : stranger is not null ? Sentence.Of("No delegation that you take part in gives it {0}.", scopes)
            : question.UserId is null ? Sentence.Of("Neither its own rights nor a delegation give it {0}.", scopes)
            : Sentence.Of("Neither that person nor a delegation gives it {0}.", scopes));
    }
}
