using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>RFC 6749 §6 with rotation (RFC 9700 §4.14.2): each use gives a successor; a second use ends the family, but for the grace.</summary>
public sealed class RefreshTokenGrant(IRefreshTokens tokens, ITokenFamilies families, RefreshTokens succession) : IGrant
{
    public string Type => GrantTypes.RefreshToken;

    public async Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct)
    {
        if (request.Form["refresh_token"] is not { } presented)
        {
            return OAuthError.InvalidRequest("refresh_token is missing.");
        }

        var token = await tokens.FindAsync(Handle.ReferenceId(presented), ct);
        if (token is null)
        {
            return OAuthError.InvalidGrant("refresh_token_unknown");
        }

        // Before anything else: somebody else's client must neither use the token nor end its family.
        if (token.Rights.ApplicationId != request.Client.Id)
        {
            return OAuthError.InvalidGrant("refresh_token_of_another_client");
        }

        // Nor may whoever has the token but not the key that it is bound to.
        if (token.Rights.Sender?.Check(request.ProofKey) is { } unproven)
        {
            return unproven;
        }

        return token.Status switch
        {
            TokenStatus.Valid when token.ExpiresAt <= request.Now => OAuthError.InvalidGrant("refresh_token_expired"),
            TokenStatus.Valid => await RotateAsync(presented, token, request, ct),
            TokenStatus.Redeemed => await RepeatAsync(presented, token, request, ct),
            _ => OAuthError.InvalidGrant("refresh_token_revoked"),
        };
    }

    private ValueTask<Result<Granted>> RotateAsync(string presented, RefreshToken token, TokenRequest request, CancellationToken ct)
    {
        var id = Identifiers.Member(token.Rights.FamilyId, request.Now);
        var (value, record) = succession.Next(presented, token with { Rights = token.Rights with { Sender = request.SenderOf(token.Rights.Sender) } }, request.Client.Lifetimes, id, request.Now);
        return GrantAsync(token, value, record, request, (issuance, claimCt) => tokens.TryRotateAsync(token, issuance, claimCt), ct);
    }

    /// <summary>A lost answer or a second window sends the old token again. Inside the grace, while nobody has used the successor,
    /// the answer is that same successor; any other second use is a theft, and ends the family.</summary>
    private async Task<Result<Granted>> RepeatAsync(string presented, RefreshToken token, TokenRequest request, CancellationToken ct)
    {
        var successorValue = succession.Successor(presented);
        if (token.RedeemedAt + request.Client.Lifetimes.RefreshGrace > request.Now
            && await tokens.FindAsync(Handle.ReferenceId(successorValue), ct) is { Status: TokenStatus.Valid } successor
            && successor.ExpiresAt > request.Now
            && successor.Rights.Sender?.Check(request.ProofKey) is null)
        {
            return await GrantAsync(token, successorValue, null, request, (issuance, claimCt) => tokens.TryRepeatAsync(successor, issuance, claimCt), ct);
        }

        await families.EndAsync(token.Rights, Narrowing.Replayed(token.Rights, "refresh_token_replayed", request), ct);
        return OAuthError.InvalidGrant("refresh_token_replayed");
    }

    private static async ValueTask<Result<Granted>> GrantAsync(
        RefreshToken token, string value, RefreshToken? record, TokenRequest request, Func<Issuance, CancellationToken, Task<bool>> claim, CancellationToken ct)
    {
        if ((await Narrowing.HeldAsync(request, token.Rights, ct)).Failed(out var error, out var held)
            || Narrowing.Scopes(request, held).Failed(out error, out var scopes)
            || Narrowing.Resources(request, token.Rights.Resources).Failed(out error, out var resources))
        {
            return error;
        }

        return new Granted
        {
            Subject = token.Rights.Subject,
            Agent = token.Rights.Actor,
            Scopes = scopes,
            Resources = resources,
            Rights = token.Rights,
            NotAfter = request.Client.EndOf(token.FamilyExpiresAt),
            KeyIds = request.Client.KeyIds,
            RefreshToken = value,
            RefreshTokenRecord = record,
            ClaimAsync = claim,
        };
    }
}
