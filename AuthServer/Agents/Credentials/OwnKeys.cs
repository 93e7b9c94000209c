using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents.Credentials;

/// <summary>Keys that agents say are their own, or those of agents that they made: delegated tokens are bound to them. They prove nothing, so whoever plants one
/// is no agent by it; and only an API key plants one that lasts as long and may do as much as the agent, which could make itself another such key as well. What
/// it planted ends with it.</summary>
public sealed class OwnKeys(IDbContextFactory<AuthDbContext> contexts, AgentSecrets secrets, ApplicationDirectory applications, TimeProvider clock)
{
    private static Problem KeyNeeded { get; } =
        Problem.Forbidden("api_key_needed", "Use an API key for this, not a token: what a token sets would outlive it.");

    private static Problem Bounded { get; } =
        Problem.Forbidden("beyond_own_rights", "This needs a credential that may do all that the agent may, for as long as it lasts.");

    private static Problem UsesKeys { get; } =
        Problem.Conflict("uses_keys", "This agent proves itself by its keys: they are for a developer to replace.");

    /// <summary>For a developer, keys by which the agent proves itself from now on, or none in the place of those that it set itself; for an agent, keys that
    /// its tokens are bound to.</summary>
    public async Task<Answer<AgentAnswer>> ReplaceAsync(HttpContext http, ActingParty caller, string id, NewKeys said, CancellationToken ct) =>
        caller.Developer is not { } developer ? await BindAsync(http, caller, id, said, ct)

        // The agent would be whoever has those keys, with all its rights and for good.
        : caller.Scopes is not null ? Bounded
        : said.IsEmpty && await UnbindAsync(http, caller, id, ct) is { } unbound ? unbound
        : await secrets.ReplaceKeysAsync(http, developer, id, said, ct);

    private async Task<Answer<AgentAnswer>> BindAsync(HttpContext http, ActingParty caller, string id, NewKeys said, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await ManagedKeys.RunAsync(context, caller, id, now, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        var faults = new Faults();
        var keys = AgentKeys.ReadBinding(said.Set, said.PublicKey, "keys", faults);
        faults.Add("keys", said.Missing);
        if ((await RefuseAsync(context, caller, row, ct) ?? faults.Problem ?? row.RefuseWhenRevoked() ?? (row.Application.JsonWebKeySet is null ? null : UsesKeys)) is { } refused)
        {
            return refused;
        }

        AgentApplication.Bind(row.Application, keys!, caller.Agent?.Client.Key?.Id);
        return await SaveAsync(context, http, caller, row, now, ct);
    }

    /// <summary>Null: the agent's tokens are bound to nothing that could be taken away.</summary>
    private async Task<Answer<AgentAnswer>?> UnbindAsync(HttpContext http, ActingParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        return (await ManagedKeys.RunAsync(context, caller, id, now, ct)).Failed(out var problem, out var row) ? problem
            : !AgentApplication.TryUnbind(row.Application) ? null
            : row.RefuseWhenRevoked() is { } revoked ? revoked
            : await SaveAsync(context, http, caller, row, now, ct);
    }

    private async Task<Answer<AgentAnswer>> SaveAsync(AuthDbContext context, HttpContext http, ActingParty caller, AgentRow row, DateTimeOffset now, CancellationToken ct)
    {
        row.Application.ConcurrencyToken = AgentApplication.NewVersion();
        context.AuditEvents.Add(AuditEventRow.From(AgentEvents.Of(AgentEvents.KeysReplaced, http, caller, row, now)));
        try
        {
            if (await context.TrySaveChangesAsync(caller, ct) is { } ended)
            {
                return ended;
            }
        }
        catch (DbUpdateConcurrencyException) // the framework has no other way to say that somebody else was first
        {
            return AgentRow.ChangedMeanwhile;
        }

        applications.Forget(row.ClientId);
        return row.Answer;
    }

    /// <summary>A token lives for minutes and may be narrow; a key can be bounded. What is set here goes on without them.</summary>
    private static async Task<Problem?> RefuseAsync(AuthDbContext context, ActingParty caller, AgentRow row, CancellationToken ct)
    {
        if (caller.Agent is not { Client.Key: { } key } agent)
        {
            return KeyNeeded;
        }

        var lasts = key.ExpiresAt is null || key.ExpiresAt >= await ManagedKeys.UnclaimedUntilAsync(context, row.Agent, ct);
        return lasts && ScopeWildcards.CoversAll(agent.Scopes, ApplicationMapping.Scopes(row.Application)) ? null : Bounded;
    }
}
