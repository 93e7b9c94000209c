using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Where a person is signed in, and their way to sign out there.</summary>
public sealed class OwnSessions(
    IDbContextFactory<AuthDbContext> contexts, SessionUse use, ITokenFamilies families, SessionEndings endings, AuthServerOptions options, TimeProvider clock)
{
    private const int Most = 100;

    /// <summary>Those that can be used; this one first, then whichever was used last.</summary>
    public async Task<IReadOnlyList<OpenSession>> ListAsync(SignedInPerson person, CancellationToken ct)
    {
        await use.FlushAsync(ct);
        var since = clock.GetUtcNow() - options.Tokens.Session;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Sessions.AsNoTracking().Where(row => row.UserId == person.Subject && row.EndedAt == null && row.AuthTime > since)
            .OrderByDescending(row => row.Id == person.SessionId).ThenByDescending(row => row.AuthTime).Take(Most).ToListAsync(ct);
        return
        [
            .. rows.Select(row => new OpenSession(row.Id, DeviceName.Of(row.UserAgent, Language.Current), row.Address, row.AuthTime, row.LastUsedAt ?? row.AuthTime, row.Id == person.SessionId, row.Acr))
                .OrderByDescending(session => session.IsThis).ThenByDescending(session => session.LastUsedAt),
        ];
    }

    /// <summary>False: the person has no such session, or it has ended.</summary>
    public async Task<bool> EndAsync(HttpContext http, SignedInPerson person, string id, CancellationToken ct)
    {
        await using (var context = await contexts.CreateDbContextAsync(ct))
        {
            if (!await context.Sessions.AnyAsync(row => row.Id == id && row.UserId == person.Subject && row.EndedAt == null, ct))
            {
                return false;
            }
        }

        await families.EndSessionAsync(id, SignedOut(http, person, id, "elsewhere"), ct);
        return true;
    }

    /// <summary>False: there was no other.</summary>
    public Task<bool> EndOthersAsync(HttpContext http, SignedInPerson person, CancellationToken ct) =>
        endings.EndOthersAsync(person.Subject, person.SessionId, SignedOut(http, person, person.Subject, "everywhere_else"), ct);

    private AuditEvent SignedOut(HttpContext http, SignedInPerson person, string target, string reason) =>
        http.Event(AuditEventTypes.UserSignedOut, AuditOutcomes.Success, clock.GetUtcNow()) with { Subject = person.Subject, Target = target, Reason = reason };
}

/// <param name="Device">In words.</param>
/// <param name="Address">Whence it was signed in.</param>
/// <param name="IsThis">The session of whoever asks.</param>
/// <param name="Acr">What the sign-in reached; null: it is not known any more.</param>
public sealed record OpenSession(string Id, string Device, string Address, DateTimeOffset SignedInAt, DateTimeOffset LastUsedAt, bool IsThis, string? Acr);
