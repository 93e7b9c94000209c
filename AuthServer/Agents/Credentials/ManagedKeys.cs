using System.Text.Json;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents.Credentials;

/// <summary>Agents' API keys: made, listed, rotated, revoked, by their organization's developers and by agents for themselves and those they made.</summary>
public sealed class ManagedKeys(IDbContextFactory<AuthDbContext> contexts, ApiKeyChanges changes, ApplicationDirectory applications, TimeProvider clock)
{
    /// <summary>Live keys that an agent may have.</summary>
    internal const int Most = 50;

    private const int MostScopes = 200;
    private const int ShortestToken = 60;
    private const int LongestToken = 12 * 60 * 60;

    public async Task<Answer<CreatedCredential>> CreateAsync(HttpContext http, ActingParty caller, NewCredential said, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var named = said.AgentId ?? caller.Agent?.Id;
        if (named is null)
        {
            return Problem.Invalid("agent_id", "Name the agent that the key is for.");
        }

        if ((await RunAsync(context, caller, named, now, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        var faults = new Faults();
        Check(said, now, faults);
        var scopes = Bound(caller, row, said, faults);
        if ((faults.Problem ?? row.RefuseWhenRevoked()) is { } refused)
        {
            return refused;
        }

        var (key, secret) = ApiKey.Create(row.Agent.Id, now);
        key.Scopes = scopes is null ? null : ApplicationMapping.Json(scopes) ?? "[]";
        key.TokenLifetime = said.TokenLifetimeSeconds;
        key.Metadata = said.CredentialMetadata is { } metadata ? JsonSerializer.Serialize(metadata, ApiJson.Options) : "{}";
        key.ExpiresAt = new[] { said.ExpiresAt?.ToUniversalTime(), await CredentialEnd.FindAsync(context, caller, ct), await UnclaimedUntilAsync(context, row.Agent, ct) }.Min();
        key.GivenById = await CredentialEnd.GiverAsync(context, caller, ct);
        return await changes.TryAddAsync(key, Most, Event(http, caller, row, AgentEvents.KeyCreated, key.Id, now), ct)
            ? Answer.Created(new CreatedCredential(Item(key, row, now), secret), $"/api/v1/credentials/{key.Id}")
            : Problem.Conflict("too_many_keys", $"This agent is not active, or has {Most} keys already: revoke one first.");
    }

    /// <summary>A new key that may do the same, in the place of the old one, which is dead at once.</summary>
    public async Task<Answer<RotatedCredential>> RotateAsync(HttpContext http, ActingParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, caller, id, now, ct)).Failed(out var problem, out var found))
        {
            return problem;
        }

        // The new key is shown to whoever rotates: it must not get one that may do more, or lasts longer, than they do.
        var ((old, row), (key, secret)) = (found, found.Key.Successor(now));
        if (!MayHave(caller, await CredentialEnd.FindAsync(context, caller, ct), old, row))
        {
            return Problem.Forbidden("beyond_own_rights", "This key may do more than the credential that you use.");
        }

        // Whoever rotates it with a credential of their own answers for the new one.
        key.GivenById = caller.Agent is null ? caller.AuthorizationId : old.GivenById;
        if (!old.IsLive(now) || !await changes.TryRotateAsync(old, key, Event(http, caller, row, AgentEvents.KeyRotated, key.Id, now, old.Id), ct))
        {
            return Problem.Conflict("key_ended", "This key was rotated, revoked or has expired already, or its agent is not active.");
        }

        // Keys that it set are gone from the agents that it set them for.
        applications.ForgetAll();
        old.RevokedAt = now;
        return new RotatedCredential(Item(old, row, now), Item(key, row, now), secret);
    }

    /// <summary>For good, with every token that it gave. Revoking it again changes nothing.</summary>
    public async Task<Answer<CredentialItem>> RevokeAsync(HttpContext http, ActingParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, caller, id, now, ct)).Failed(out var problem, out var found))
        {
            return problem;
        }

        if (await changes.TryRevokeAsync(found.Key, Event(http, caller, found.Row, AgentEvents.KeyRevoked, found.Key.Id, now), ct))
        {
            applications.ForgetAll();
            found.Key.RevokedAt = now;
        }

        return Item(found.Key, found.Row, now);
    }

    public async Task<Answer<CredentialItem>> FindAsync(ActingParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        return (await FindAsync(context, caller, id, now, ct)).Failed(out var problem, out var found) ? problem : Item(found.Key, found.Row, now);
    }

    /// <summary>The keys of one agent, newest first, dead ones among them.</summary>
    public async Task<Answer<Page<CredentialItem>>> ListAsync(ActingParty caller, string? agentId, Paging paging, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((agentId ?? caller.Agent?.Id) is not { } named)
        {
            return Problem.Invalid("agent_id", "Name the agent whose keys are asked for.");
        }

        if ((await RunAsync(context, caller, named, now, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        var keys = context.ApiKeys.AsNoTracking().Where(key => key.AgentId == row.Agent.Id);
        var part = await keys.OrderByDescending(key => key.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<CredentialItem>([.. part.Select(key => Item(key, row, now))], new PageMeta(await keys.LongCountAsync(ct), paging.Limit, paging.Offset));
    }

    /// <summary>An agent that the caller runs, in its own name.</summary>
    internal static async Task<Answer<AgentRow>> RunAsync(AuthDbContext context, ActingParty caller, string agentId, DateTimeOffset now, CancellationToken ct) =>
        caller.Agent is { ActsForItself: false } ? Problem.Forbidden("acts_for_another", "With a delegated token nobody's keys can be managed.")
        : await AgentReach.FindAsync(context, caller, agentId, now, ct) is not { } reach ? Problem.NotFound with { Reason = "agent_not_visible" }
        : reach.Runs ? reach.Row
        : AgentReach.OnlySeen;

    private static async Task<Answer<Owned>> FindAsync(AuthDbContext context, ActingParty caller, string id, DateTimeOffset now, CancellationToken ct) =>
        Identifiers.Read(ApiKey.IdPrefix, id) is not { } known || await context.ApiKeys.AsNoTracking().FirstOrDefaultAsync(key => key.Id == known, ct) is not { } key
            ? Problem.NotFound
            : (await RunAsync(context, caller, key.AgentId, now, ct)).Failed(out var problem, out var row) ? problem : new Owned(key, row);

    private static void Check(NewCredential said, DateTimeOffset now, Faults faults)
    {
        faults.Add("type", CredentialTypes.Refuse(said.Type));
        faults.Add("expires_at", said.ExpiresAt <= now ? "Give a time in the future." : null);
        faults.Add("token_lifetime_seconds", said.TokenLifetimeSeconds is null or (>= ShortestToken and <= LongestToken) ? null : $"Give {ShortestToken} to {LongestToken} seconds.");
        faults.Add("credential_metadata", said.CredentialMetadata is { } metadata ? AgentRules.RefuseMetadata(metadata) : null);
    }

    /// <summary>A key may do what its agent may, and what who makes it may; null: all that the agent may, now and later.</summary>
    private static IReadOnlyList<string>? Bound(ActingParty caller, AgentRow row, NewCredential said, Faults faults)
    {
        IReadOnlyList<string> own = ApplicationMapping.Scopes(row.Application);
        var most = caller.Within(own);
        if (said.Scopes is null)
        {
            return FollowsItsAgent(caller, row) ? null : most;
        }

        faults.Add("scopes", said.Scopes.Count > MostScopes ? $"Name at most {MostScopes}." : null);
        for (var i = 0; i < said.Scopes.Count && i < MostScopes; i++)
        {
            faults.Add($"scopes[{i}]", said.Scopes[i] is { } scope && ScopeNames.IsOne(scope) && ScopeWildcards.CoversAll(most, [scope]) ? null
                : "This is beyond what the agent, or who makes the key, may do.", "beyond_own_rights");
        }

        return [.. said.Scopes.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether the caller may do whatever this agent will once be let do: a developer, and the agent itself by a key that does not bound it.</summary>
    private static bool FollowsItsAgent(ActingParty caller, AgentRow row) =>
        caller.Agent is { } agent ? agent.Id == row.Agent.Id && agent.Client.Key is { Scopes: null } : caller.Scopes is null;

    private static bool MayHave(ActingParty caller, DateTimeOffset? last, ApiKey key, AgentRow row) =>
        (caller.Scopes is null || ScopeWildcards.CoversAll(caller.Scopes, key.BoundScopes ?? ApplicationMapping.Scopes(row.Application)))
        && (last is null || new[] { key.ExpiresAt, row.Agent.ExpiresAt }.Min() <= last);

    /// <summary>No key of an agent that nobody answers for outlives it.</summary>
    internal static Task<DateTimeOffset?> UnclaimedUntilAsync(AuthDbContext context, Agent agent, CancellationToken ct) =>
        context.AgentClaims.Where(claim => claim.OrganizationId == agent.OrganizationId).Select(claim => (DateTimeOffset?)claim.ExpiresAt).FirstOrDefaultAsync(ct);

    private static CredentialItem Item(ApiKey key, AgentRow row, DateTimeOffset now) => CredentialItem.Of(key, ApplicationMapping.Scopes(row.Application), now);

    private static AuditEvent Event(HttpContext http, ActingParty caller, AgentRow row, string type, string keyId, DateTimeOffset now, string? previous = null) =>
        http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = caller.Known?.UserId,
            ClientId = row.ClientId,
            AgentId = row.Agent.Id,
            OrganizationId = row.Agent.OrganizationId,
            Target = keyId,
            Detail = JsonSerializer.Serialize(new Details(caller.Known?.KeyId, previous), ApiJson.Options),
        };

    private sealed record Owned(ApiKey Key, AgentRow Row);

    /// <param name="Key">The key that it was done with.</param>
    /// <param name="Previous">The key that was replaced.</param>
    private sealed record Details(string? Key, string? Previous);
}
