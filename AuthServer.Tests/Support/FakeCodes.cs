using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeCodes(FakeState state) : IAuthorizationCodes
{
    public Task<bool> TryAddAsync(AuthorizationCode code, string? requestId, AuditEvent issued, CancellationToken ct) => state.Do(() =>
        (requestId is null || (state.Requests.Remove(requestId, out var request) && request.ExpiresAt > code.CreatedAt))
        && state.Codes.TryAdd(code.ReferenceId, code) && state.Log(issued));

    public Task<AuthorizationCode?> FindAsync(string referenceId, CancellationToken ct) => state.Do(() => state.Codes.GetValueOrDefault(referenceId) is not { } code
        ? null
        : SignedOut(code.Rights) && code.Status == TokenStatus.Valid ? code with { Status = TokenStatus.Revoked } : code);

    public Task<bool> TryRedeemAsync(AuthorizationCode code, TokenFamily family, Issuance issuance, CancellationToken ct) => state.Do(() =>
    {
        if (state.Codes[code.ReferenceId].Status != TokenStatus.Valid || !state.Authorizations.GetValueOrDefault(code.Rights.AuthorizationId)
            || SignedOut(code.Rights) || state.Families.ContainsKey(family.Id) || !state.Use(issuance.Proof) || !state.Families.TryAdd(family.Id, (family.Rights, family.CreatedAt, true)))
        {
            return false;
        }

        state.Codes[code.ReferenceId] = code with { Status = TokenStatus.Redeemed };
        if (issuance.RefreshToken is { } token)
        {
            state.RefreshTokens.Add(token.ReferenceId, token);
        }

        return state.Log(issuance.Event);
    });

    private bool SignedOut(GrantedRights rights) =>
        state.Index.Ended(RevocationKind.Session, rights.SessionId) || state.Index.EndedBefore(RevocationKind.Subject, rights.Subject, rights.AuthTime);
}
