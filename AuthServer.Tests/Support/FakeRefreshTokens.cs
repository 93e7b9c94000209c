using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeRefreshTokens(FakeState state) : IRefreshTokens
{
    public Task<RefreshToken?> FindAsync(string referenceId, CancellationToken ct) => state.Do(() => state.RefreshTokens.GetValueOrDefault(referenceId));

    public Task<bool> TryRotateAsync(RefreshToken presented, Issuance issuance, CancellationToken ct) => state.Do(() =>
    {
        if (!Usable(presented) || !state.Use(issuance.Proof))
        {
            return false;
        }

        var successor = issuance.RefreshToken!;
        state.RefreshTokens[presented.ReferenceId] = presented with { Status = TokenStatus.Redeemed, RedeemedAt = successor.CreatedAt };
        state.RefreshTokens.Add(successor.ReferenceId, successor);
        return state.Log(issuance.Event);
    });

    public Task<bool> TryRepeatAsync(RefreshToken successor, Issuance issuance, CancellationToken ct) =>
        state.Do(() => Usable(successor) && state.Use(issuance.Proof) && state.Log(issuance.Event));

    private bool Usable(RefreshToken token) =>
        state.Families.GetValueOrDefault(token.Rights.FamilyId).Lives && state.RefreshTokens[token.ReferenceId].Status == TokenStatus.Valid;
}
