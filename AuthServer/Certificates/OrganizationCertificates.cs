using System.Collections.Concurrent;
using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Certificates;

/// <summary>An organization's certificates: made, listed, revoked, deleted.</summary>
public sealed class OrganizationCertificates(
    IDbContextFactory<AuthDbContext> contexts, CertificateChanges changes, LiveCertificates live, AgentScopes scopes, PreAuthenticationLimit limit, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(365);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(5 * 365);

    // A key of 4096 bits takes a second of a processor: one at a time leaves the others to those who are served, and no organization stands twice in the queue.
    private readonly SemaphoreSlim _making = new(1);
    private readonly ConcurrentDictionary<string, string> _waiting = new(StringComparer.Ordinal);

    private static Problem Full { get; } = Problem.Conflict(
        "too_many_certificates", $"There are {CertificateChanges.MostLive} that live, or {CertificateChanges.Most} in all: revoke or delete some.");

    private static Problem Busy { get; } = Problem.Conflict("certificate_being_made", "Another certificate of the organization is being made: try again in a moment.");

    private static Problem RoleExceeded { get; } = Problem.Forbidden("role", "A certificate can do no more than the one who makes it.");

    public void Dispose() => _making.Dispose();

    public async Task<Answer<Page<CertificateDetail>>> ListAsync(Developer developer, CertificateFilter filter, Paging paging, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var all = await Of(context, developer).OrderByDescending(row => row.Id).ToListAsync(ct);
        var admitted = all.Where(row => filter.Admits(row, now)).ToList();
        return new Page<CertificateDetail>(
            [.. admitted.Skip(paging.Offset).Take(paging.Limit).Select(row => new CertificateDetail(row, now))], new PageMeta(admitted.Count, paging.Limit, paging.Offset));
    }

    public async Task<Answer<CertificateDetail>> FindAsync(Developer developer, string id, CancellationToken ct) =>
        await ReadAsync(developer, id, ct) is { } certificate ? new CertificateDetail(certificate, clock.GetUtcNow()) : Problem.NotFound;

    /// <summary>The newest that is neither revoked nor expired.</summary>
    public async Task<Answer<CertificateDetail>> ActiveAsync(Developer developer, CancellationToken ct) =>
        await live.OfAsync(developer.OrganizationId, ct) is [var newest, ..] ? new CertificateDetail(newest.Certificate, clock.GetUtcNow()) : Problem.NotFound;

    public async Task<Answer<CertificateDetail>> CreateAsync(HttpContext http, Developer developer, NewCertificate wanted, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        if (await CheckAsync(developer, wanted, now, ct) is { } problem)
        {
            return problem;
        }

        // Else whoever once got hold of one JWT, or of a certificate that is about to end, would be there for good.
        if (Certificate.IsOne(developer.KeyId))
        {
            return Problem.Forbidden("by_certificate", "A certificate makes no certificates. Use a developer key, or sign in.");
        }

        var role = wanted.Role ?? Role.Developer;
        if (role > developer.Role)
        {
            return RoleExceeded;
        }

        var certificate = new Certificate
        {
            Id = Identifiers.New(Certificate.IdPrefix, now),
            OrganizationId = developer.OrganizationId,
            UserId = developer.UserId,
            Name = OrganizationName.Read(wanted.Name)!,
            Role = role,
            ModulusLength = wanted.ModulusLength ?? Certificate.ModulusLengths[0],
            Scopes = wanted.Scopes is null ? null : string.Join(' ', wanted.Scopes.Distinct(StringComparer.Ordinal)),
            Metadata = wanted.Metadata?.GetRawText() ?? "{}",
            CreatedAt = now,
            ExpiresAt = wanted.ExpiresAt?.ToUniversalTime() ?? now + DefaultLife,
        };
        if (await IsFullAsync(developer, now, ct))
        {
            return Full;
        }

        if (await MakeKeysAsync(certificate, ct) is not { } privateKey)
        {
            return Busy;
        }

        var added = await changes.TryAddAsync(certificate, Event(http, developer, CertificateEvents.Created, certificate, now), ct);
        live.Forget(developer.OrganizationId);
        return added
            ? Answer.Created(new CertificateDetail(certificate, now, privateKey), $"/certificates/{certificate.Id}")
            : await IsFullAsync(developer, now, ct) ? Full : RoleExceeded;
    }

    /// <summary>Says the same when it was revoked before.</summary>
    public async Task<Answer<CertificateDetail>> RevokeAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        if (await ReadAsync(developer, id, ct) is not { } certificate)
        {
            return Problem.NotFound;
        }

        if (await changes.TryRevokeAsync(developer.OrganizationId, certificate.Id, Event(http, developer, CertificateEvents.Revoked, certificate, now), ct))
        {
            certificate.RevokedAt = now;
            return new CertificateDetail(certificate, now);
        }

        return await FindAsync(developer, certificate.Id, ct);
    }

    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        if (await ReadAsync(developer, id, ct) is not { } certificate)
        {
            return Problem.NotFound;
        }

        return certificate.RevokedAt is null ? Problem.Malformed("not_revoked", "Only a revoked certificate can be deleted: revoke it first.")
            : await changes.TryDeleteAsync(developer.OrganizationId, certificate.Id, Event(http, developer, CertificateEvents.Deleted, certificate, clock.GetStoredNow()), ct)
                ? Answer.Done
                : Problem.NotFound;
    }

    /// <summary>For everybody. Whoever asks for what is not there is counted as one who guesses.</summary>
    public async Task<Answer<PublicCertificate>> PublicAsync(HttpContext http, string keyId, CancellationToken ct) =>
        limit.WaitFor(http) is { } tooMany ? Problem.TooMany(tooMany.Description)
        : await live.FindAsync(keyId, ct) is { } found ? new PublicCertificate(found.Certificate.KeyId, found.Certificate.PublicKey, Certificate.Algorithm)
        : Unknown(http);

    /// <summary>For everybody: the public keys of all that live (RFC 7517 §5).</summary>
    public async Task<Answer<CertificateKeySet>> KeySetAsync(HttpContext http, string organizationId, CancellationToken ct)
    {
        if (limit.WaitFor(http) is { } tooMany)
        {
            return Problem.TooMany(tooMany.Description);
        }

        var found = Identifiers.Read("acct_", organizationId) is { } known ? await live.OfAsync(known, ct) : [];
        return found.Count == 0 ? Unknown(http)
            : new CertificateKeySet(JsonElement.Parse(new JsonWebKeySet(found.Select(one => one.Key)).ToUtf8()).GetProperty("keys"));
    }

    private Problem Unknown(HttpContext http) =>
        limit.Refuse(http, OAuthError.InvalidRequest("There is no such key.", "unknown_certificate")) is { Code: TooManyRequests.Code } tooMany ? Problem.TooMany(tooMany.Description) : Problem.NotFound;

    private static IQueryable<Certificate> Of(AuthDbContext context, Developer developer) =>
        context.Certificates.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId);

    private async Task<Certificate?> ReadAsync(Developer developer, string id, CancellationToken ct)
    {
        if (Identifiers.Read(Certificate.IdPrefix, id) is not { } known)
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return await Of(context, developer).FirstOrDefaultAsync(row => row.Id == known, ct);
    }

    private async ValueTask<Problem?> CheckAsync(Developer developer, NewCertificate wanted, DateTimeOffset now, CancellationToken ct)
    {
        var faults = new Faults();
        faults.Add("name", OrganizationName.Read(wanted.Name) is null ? OrganizationName.Rule : null);
        faults.Add("algorithm", wanted.Algorithm is null or Certificate.Algorithm ? null : $"Use {Certificate.Algorithm}.");
        faults.Add("modulusLength", wanted.ModulusLength is { } bits && !Certificate.ModulusLengths.Contains(bits) ? $"Use one of: {string.Join(", ", Certificate.ModulusLengths)}." : null);
        faults.Add("role", wanted.Role is Role.Owner ? "A certificate is an admin's at most: what only the owner may do takes a person who has just signed in." : null);
        faults.Add("expiresAt", wanted.ExpiresAt <= now || wanted.ExpiresAt > now + LongestLife ? "Give a time in the next five years." : null);
        faults.Add("metadata", wanted.Metadata is { } metadata ? AgentRules.RefuseMetadata(metadata) : null);
        faults.Add("scopes", wanted.Scopes is { Count: 0 } ? "Name at least one, or leave scopes out." : null);
        await scopes.CheckAsync(developer.OrganizationId, wanted.Scopes, faults, ct, "scopes");
        return faults.Problem;
    }

    /// <summary>Before a key is made for it; it is counted again when it is stored.</summary>
    private async Task<bool> IsFullAsync(Developer developer, DateTimeOffset now, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var all = Of(context, developer);
        return await all.CountAsync(ct) >= CertificateChanges.Most
            || await all.CountAsync(row => row.RevokedAt == null && row.ExpiresAt > now, ct) >= CertificateChanges.MostLive;
    }

    /// <summary>The private half; null while another is being made for the same organization.</summary>
    private async Task<string?> MakeKeysAsync(Certificate certificate, CancellationToken ct)
    {
        if (!_waiting.TryAdd(certificate.OrganizationId, certificate.Id))
        {
            return null;
        }

        try
        {
            await _making.WaitAsync(ct);
            try
            {
                return await Task.Run(certificate.MakeKeys, ct);
            }
            finally
            {
                _making.Release();
            }
        }
        finally
        {
            _waiting.TryRemove(certificate.OrganizationId, out _);
        }
    }

    private static AuditEvent Event(HttpContext http, Developer developer, string type, Certificate certificate, DateTimeOffset now) =>
        http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Target = certificate.Id,
            Detail = developer.Known?.DetailOf(certificate.Name),
        };
}
