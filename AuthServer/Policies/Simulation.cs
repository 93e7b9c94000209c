using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>Makes recorded decisions again, in the order of their milliseconds, with today's policies and with others, each with limits of their own that begin empty.</summary>
public sealed class Simulation(
    OrganizationPolicies organizationPolicies, PolicyCatalog catalog, SimulationTurns turns, IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private const int MostDecisions = 50_000;

    // Of all kinds; few of them may be decisions.
    private const int MostEvents = 500_000;

    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(90);

    public async Task<Answer<SimulationResult>> RunAsync(HttpContext http, Developer developer, SimulationBody body, CancellationToken ct)
    {
        if (!turns.TryBegin(developer.OrganizationId))
        {
            TooManyRequests.SetRetryAfter(http.Response, SimulationTurns.Wait);
            return Problem.TooMany("A simulation of this organization is running. Wait until it has ended.");
        }

        try
        {
            return await RunAsync(developer, body, ct);
        }
        finally
        {
            turns.End(developer.OrganizationId);
        }
    }

    private async Task<Answer<SimulationResult>> RunAsync(Developer developer, SimulationBody body, CancellationToken ct)
    {
        // Before this server was, and so early that a window before it would have no date.
        if (body.To < Earliest || body.From < Earliest)
        {
            return Problem.Invalid(body.To < Earliest ? "to" : "from", $"Begin in {Earliest.Year} or later.");
        }

        var to = body.To ?? clock.GetUtcNow();
        var from = body.From ?? to - DefaultRange;
        if (from >= to || to - from > LongestRange)
        {
            return Problem.Invalid("from", $"It must lie before to, by at most {LongestRange.Days} days.");
        }

        if ((await PoliciesAsync(developer, body, ct)).Failed(out var problem, out var policies))
        {
            return problem;
        }

        var replay = new Replay(policies.Today, policies.Proposed, from);
        var complete = await ReplayAsync(developer.OrganizationId, replay, from - replay.LongestWindow, to, ct);
        return replay.Result(from, to, complete);
    }

    /// <summary>The policies of now, as they are and changed as proposed.</summary>
    private async Task<Answer<Compared>> PoliciesAsync(Developer developer, SimulationBody body, CancellationToken ct)
    {
        IReadOnlyList<Policy> today;
        try
        {
            today = await catalog.OfAsync(developer.OrganizationId, ct);
        }
        catch (InvalidDataException e)
        {
            return Problem.Conflict("unreadable_policy", $"{e.Message} Replace it whole with PUT, or delete it.");
        }

        List<Policy> policies = [.. today];
        foreach (var (field, id) in new[] { ("replaces", body.Replaces), ("remove", body.Remove) })
        {
            if (id is not null && policies.RemoveAll(policy => policy.Id == Identifiers.Read("pol_", id)) == 0)
            {
                return Problem.Invalid(field, "There is no such policy, or it is switched off.");
            }
        }

        if (body.Policy is null)
        {
            return body.Remove is null || body.Replaces is not null ? Problem.Invalid("policy", "Propose a policy, or name one to remove.") : new Compared(today, policies);
        }

        if ((await organizationPolicies.ProposeAsync(developer, body.Policy, ct)).Failed(out var problem, out var proposed))
        {
            return problem with { Faults = problem.Faults?.ToDictionary(error => "policy." + error.Key, error => error.Value) };
        }

        policies.Add(body.Replaces is null ? proposed : proposed with { Id = Identifiers.Read("pol_", body.Replaces)! });
        return new Compared(today, policies);
    }

    /// <summary>Whether all were made again. What was decided before the time fills the limits.</summary>
    private async Task<bool> ReplayAsync(string organizationId, Replay replay, DateTimeOffset since, DateTimeOffset to, CancellationToken ct)
    {
        var (first, last) = (Identifiers.First("aud_", since), Identifiers.First("aud_", to));
        await using var context = await contexts.CreateDbContextAsync(ct);
#pragma warning disable CA1309 // the database compares
        var within = context.AuditEvents.AsNoTracking()
            .Where(row => row.OrganizationId == organizationId && string.Compare(row.Id, first) >= 0 && string.Compare(row.Id, last) < 0);
        var beyond = await within.OrderBy(row => row.Id).Select(row => row.Id).Skip(MostEvents).FirstOrDefaultAsync(ct);
        var rows = within.Where(row => (beyond == null || string.Compare(row.Id, beyond) < 0) && row.Detail != null && row.Detail.StartsWith(DecisionRecord.Mark)

                // Whatever the policies were, what a delegation had to give was used up.
                && row.Reason != PolicyReasons.CeilingExceeded && row.Reason != PolicyReasons.BudgetExhausted)
#pragma warning restore CA1309
            .OrderBy(row => row.Id)
            .Select(row => new { row.Id, row.At, row.Outcome, row.Reason, row.PolicyId, row.AgentId, row.Address, row.Detail })
            .Take(MostDecisions + 1);
        var count = 0;
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            if (++count > MostDecisions || replay.IsExhausted)
            {
                return false;
            }

            var made = DecisionRecord.Read(row.Detail!, organizationId, row.AgentId, row.Address, row.At);
            replay.Add(row.Id, new(row.Outcome == AuditOutcomes.Success, row.Reason, row.PolicyId), made.Input, made.Action);
        }

        return beyond is null;
    }

    private sealed record Compared(IReadOnlyList<Policy> Today, IReadOnlyList<Policy> Proposed);
}
