using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeTokenFamilies(FakeState state) : ITokenFamilies
{
    public Task<bool> EndAsync(GrantedRights rights, AuditEvent why, CancellationToken ct) => state.Do(() =>
    {
        if (state.Families.TryGetValue(rights.FamilyId, out var family) && !family.Lives)
        {
            return false;
        }

        state.Families.TryAdd(rights.FamilyId, (rights, why.At, true));
        return End(other => other.FamilyId == rights.FamilyId, DateTimeOffset.MaxValue, RevocationKind.Family, rights.FamilyId, why.At, why);
    });

    public Task<bool> EndTokenAsync(string tokenId, DateTimeOffset expiresAt, AuditEvent why, CancellationToken ct) =>
        state.Do(() => !state.Index.Ended(RevocationKind.Token, tokenId) && End(_ => false, why.At, RevocationKind.Token, tokenId, why.At, why));

    public Task EndSessionAsync(string sessionId, AuditEvent why, CancellationToken ct) =>
        state.Do(() => End(rights => rights.SessionId == sessionId, DateTimeOffset.MaxValue, RevocationKind.Session, sessionId, why.At, why));

    public Task<bool> EndAuthorizationsAsync(IReadOnlyList<AuditEvent> whys, CancellationToken ct) =>
        state.Do(() => whys.Select(EndAuthorization).ToList().Contains(true));

    public Task EndSubjectAsync(string subject, DateTimeOffset moment, AuditEvent why, CancellationToken ct) => state.Do(() =>
        subject.StartsWith("usr_", StringComparison.Ordinal)
            ? End(rights => rights.Subject == subject, moment, RevocationKind.Subject, subject, moment, why)
            : End(rights => state.ClientIds[rights.ApplicationId] == subject, moment, RevocationKind.Client, subject, moment, why));

    private bool EndAuthorization(AuditEvent why)
    {
        if (!state.Authorizations.GetValueOrDefault(why.Target!))
        {
            return false;
        }

        state.Authorizations[why.Target!] = false;
        foreach (var (id, family) in state.Families.Where(family => family.Value.Rights.AuthorizationId == why.Target && family.Value.Lives))
        {
            Add(RevocationKind.Family, id, why.At);
        }

        return End(rights => rights.AuthorizationId == why.Target, DateTimeOffset.MaxValue, RevocationKind.Family, "", why.At, why);
    }

    private bool End(Func<GrantedRights, bool> ended, DateTimeOffset latest, RevocationKind kind, string id, DateTimeOffset moment, AuditEvent why)
    {
        foreach (var (family, value) in state.Families.Where(family => ended(family.Value.Rights) && family.Value.Began <= latest).ToList())
        {
            state.Families[family] = value with { Lives = false };
        }

        foreach (var (key, token) in state.RefreshTokens.Where(token => token.Value.Status == TokenStatus.Valid && !state.Families[token.Value.Rights.FamilyId].Lives).ToList())
        {
            state.RefreshTokens[key] = token with { Status = TokenStatus.Revoked };
        }

        foreach (var (key, code) in state.Codes.Where(code => code.Value.Status == TokenStatus.Valid && ended(code.Value.Rights) && code.Value.CreatedAt <= latest).ToList())
        {
            state.Codes[key] = code with { Status = TokenStatus.Revoked };
        }

        Add(kind, id, moment);
        return state.Log(why);
    }

    private void Add(RevocationKind kind, string id, DateTimeOffset moment) =>
        state.Index.Add(new Revocation(new Revocation.Key(kind, id), moment, moment + StateStore.LongestAccessToken));
}
