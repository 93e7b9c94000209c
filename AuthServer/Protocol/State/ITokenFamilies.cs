namespace AuthServer.Protocol.State;

/// <summary>How tokens end before their time. Each returns once the end is on disk and verification knows it.</summary>
public interface ITokenFamilies
{
    /// <summary>Ends the family that this code or token would open or belongs to. False, with nothing written, when it had ended.</summary>
    Task<bool> EndAsync(GrantedRights rights, AuditEvent why, CancellationToken ct);

    /// <summary>Ends one access token that has no family. False, with nothing written, when it had ended.</summary>
    Task<bool> EndTokenAsync(string tokenId, DateTimeOffset expiresAt, AuditEvent why, CancellationToken ct);

    /// <summary>Ends the sign-in session and every family that came from it.</summary>
    Task EndSessionAsync(string sessionId, AuditEvent why, CancellationToken ct);

    /// <summary>Takes back authorizations in one commit: every family of them ends. Nothing is written of those that had been taken back; false where
    /// all had been.</summary>
    /// <param name="whys">One event for each, which names it as its target.</param>
    Task<bool> EndAuthorizationsAsync(IReadOnlyList<AuditEvent> whys, CancellationToken ct);

    /// <summary>Ends every session, family and token that began before <paramref name="moment"/>, of a person (<c>usr_…</c>), an agent (<c>agt_…</c>),
    /// an organization's agents (<c>acct_…</c>) or a client (its <c>client_id</c>).</summary>
    Task EndSubjectAsync(string subject, DateTimeOffset moment, AuditEvent why, CancellationToken ct);
}
