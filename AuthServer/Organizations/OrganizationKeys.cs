using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>An organization's developer keys: made, listed, rotated, revoked.</summary>
public sealed class OrganizationKeys(IDbContextFactory<AuthDbContext> contexts, DeveloperKeyChanges changes, TimeProvider clock)
{
    private const int LongestOverlap = 7 * 24 * 60 * 60;

    public async Task<Answer<Page<KeyDetail>>> ListAsync(Developer developer, Paging paging, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var live = context.DeveloperKeys.AsNoTracking()
            .Where(row => row.OrganizationId == developer.OrganizationId && row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now));
        var keys = await live.OrderBy(row => row.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<KeyDetail>([.. keys.Select(KeyDetail.Of)], new PageMeta(await live.LongCountAsync(ct), paging.Limit, paging.Offset));
    }

    /// <summary>The newest of those that were revoked, replaced or have expired.</summary>
    public async Task<IReadOnlyList<EndedKey>> EndedAsync(Developer developer, int most, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.DeveloperKeys.AsNoTracking()
            .Where(row => row.OrganizationId == developer.OrganizationId && (row.RevokedAt != null || row.ExpiresAt <= now))
            .OrderByDescending(row => row.Id).Take(most).ToListAsync(ct);
        return [.. rows.Select(row => new EndedKey(KeyDetail.Of(row), row.RevokedAt ?? row.ExpiresAt!.Value, row.RevokedAt is not null))];
    }

    /// <summary>One that is live; null: there is none.</summary>
    public async Task<KeyDetail?> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        if (Identifiers.Read("key_", id) is not { } known)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.DeveloperKeys.AsNoTracking()
            .FirstOrDefaultAsync(row => row.Id == known && row.OrganizationId == developer.OrganizationId && row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now), ct)
            is { } key ? KeyDetail.Of(key) : null;
    }

    public async Task<Answer<CreatedKey>> CreateAsync(HttpContext http, Developer developer, NewKey wanted, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var role = wanted.Role ?? Role.Developer;
        if (Check(wanted, now) is { } problem)
        {
            return problem;
        }

        if (role > developer.Role)
        {
            return Problem.Forbidden("role", "A key can do no more than the one who makes it.");
        }

        var (key, secret) = DeveloperKey.Create(
            developer.OrganizationId, developer.UserId, OrganizationName.Read(wanted.Name)!, role, wanted.ExpiresAt?.ToUniversalTime(), now);
        var created = Event(http, developer, OrganizationEvents.KeyCreated, now) with { Target = key.Id };
        return await changes.TryAddAsync(key, created, ct)
            ? Answer.Created(new CreatedKey(secret, key), $"/api/v1/developers/api-keys/{key.Id}")
            : Problem.Forbidden("role", "You can no longer make a key with this role.");
    }

    /// <summary>Puts a new key in the place of the one that the caller presented.</summary>
    public async Task<Answer<RotatedKey>> RotateAsync(HttpContext http, Developer developer, KeyRotation how, CancellationToken ct)
    {
        if (how.OverlapSeconds is < 0 or > LongestOverlap)
        {
            return Problem.Invalid("overlapSeconds", $"Give a number of seconds from 0 to {LongestOverlap}.");
        }

        if (developer.KeyId is null)
        {
            return Problem.Malformed("key_missing", $"Send the key that is to be rotated, in {Callers.KeyHeader}.");
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.DeveloperKeys.AsNoTracking().FirstOrDefaultAsync(row => row.Id == developer.KeyId, ct) is not { } present)
        {
            return Problem.NotFound;
        }

        // The new key ends when the old one would have: no key prolongs its own life.
        var now = clock.GetUtcNow();
        var (key, secret) = DeveloperKey.Create(present.OrganizationId, present.UserId, present.Name, present.Role, present.ExpiresAt, now);
        var end = now.AddSeconds(how.OverlapSeconds);
        end = present.ExpiresAt < end ? present.ExpiresAt.Value : end;
        var rotated = Event(http, developer, OrganizationEvents.KeyRotated, now) with { Target = key.Id, Detail = $$"""{"previous":"{{present.Id}}"}""" };
        return await changes.TryReplaceAsync(present, key, end, rotated, ct)
            ? new RotatedKey(secret, key, end)
            : Problem.Conflict("rotated", "This key was rotated or revoked already.");
    }

    public async Task<Answer<NoContent>> RevokeAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        var revoked = Event(http, developer, OrganizationEvents.KeyRevoked, clock.GetUtcNow()) with { Target = id };
        return await changes.TryRevokeAsync(developer.OrganizationId, id, revoked, ct) ? Answer.Done : Problem.NotFound;
    }

    private static Problem? Check(NewKey wanted, DateTimeOffset now) =>
        OrganizationName.Read(wanted.Name) is null ? Problem.Invalid("name", OrganizationName.Rule)
        : wanted.Role is Role.Owner ? Problem.Invalid("role", "A key is an admin's at most: what only the owner may do takes a person who has just signed in.")
        : wanted.ExpiresAt <= now ? Problem.Invalid("expiresAt", "Give a time in the future.")
        : null;

    private static AuditEvent Event(HttpContext http, Developer developer, string type, DateTimeOffset now) =>
        http.Event(type, AuditOutcomes.Success, now) with { Subject = developer.UserId, OrganizationId = developer.OrganizationId };
}
