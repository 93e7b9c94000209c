using System.Text.Json;
using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Delegations;

/// <summary>What a delegated token, or a delegation, may use in all, and what is left of it. Reads the database only where something is to be counted.</summary>
public sealed class TokenLimits(IDelegations delegations, LimitLedger ledger, TimeProvider clock)
{
    /// <summary>What an action takes from the limits of the token's chain.</summary>
    /// <param name="stated">What is known of the action, by a constraint's key.</param>
    /// <returns>Or the constraint that nobody can hold the action to.</returns>
    internal async ValueTask<(IReadOnlyList<LimitTake> Takes, Constraint? Unusable)> TakesAsync(
        JwtClaims claims, Constraints bounds, IReadOnlyDictionary<string, JsonElement> stated, CancellationToken ct)
    {
        if (bounds.Counted is not [var first, ..])
        {
            return ([], null);
        }

        // The account is the chain's. A token that names none has none.
        return await ChainAsync(claims, ct) is { } chain
            ? (DelegationLimits.Of(chain, TokenId(claims), Ends(claims), stated, out var unusable), unusable)
            : ([], first);
    }

    /// <summary>What is left of each limit; empty: there is none.</summary>
    public async ValueTask<IReadOnlyList<LimitLeft>> LeftAsync(JwtClaims claims, CancellationToken ct) =>
        DelegationBounds.OfToken(claims).Counted.Count > 0 && await ChainAsync(claims, ct) is { } chain
            ? (await ledger.LookAsync(DelegationLimits.Of(chain, TokenId(claims), Ends(claims), null, out _), clock.GetUtcNow(), ct)).Left
            : [];

    /// <summary>The same of a chain, whatever its tokens have used.</summary>
    public async Task<IReadOnlyList<LimitLeft>> LeftAsync(DelegationChain chain, CancellationToken ct) =>
        (await ledger.LookAsync([.. DelegationLimits.Of(chain, "", default, null, out _).Where(take => take.Kind != LimitKind.MaxLifetime)], clock.GetUtcNow(), ct)).Left;

    private async Task<DelegationChain?> ChainAsync(JwtClaims claims, CancellationToken ct) =>
        claims.TryGetString(AccessToken.Names.DelegationId, out var id) ? await delegations.FindAsync(id, ct) : null;

    private static string TokenId(JwtClaims claims) => claims.TryGetString("jti", out var id) ? id : "";

    private static DateTimeOffset Ends(JwtClaims claims) => claims.TryGetNumericDate("exp", out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
}
