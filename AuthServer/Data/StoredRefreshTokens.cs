using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Refresh tokens, as rows of OpenIddictTokens. Every change of one first takes its family's row, as ending the family does.</summary>
public sealed class StoredRefreshTokens(IDatabaseWriter writer, IDatabaseReader reader) : IRefreshTokens
{
    private static readonly Statement UseFamily = new(
        """UPDATE "TokenFamilies" SET "LastUsedAt" = $1 WHERE "Id" = $2 AND "EndedAt" IS NULL""");

    private static readonly Statement HoldValid = new(
        """UPDATE "OpenIddictTokens" SET "ConcurrencyToken" = $1 WHERE "Id" = $2 AND "Status" = 'valid'""");

    public async Task<RefreshToken?> FindAsync(string referenceId, CancellationToken ct)
    {
        if (await TokenRow.FindAsync(reader, referenceId, OpenIddictTokenTypes.RefreshToken, ct) is not { } row
            || row.ReadPayload(TokenPayloads.Default.RefreshPayload) is not { Rights: { } rights } payload)
        {
            return null;
        }

        return new RefreshToken
        {
            Id = row.Id,
            ReferenceId = referenceId,
            Rights = rights,
            CreatedAt = row.CreatedAt,
            ExpiresAt = row.ExpiresAt,
            FamilyExpiresAt = payload.FamilyExpiresAt,
            Status = row.Status,
            RedeemedAt = row.RedeemedAt,
        };
    }

    public Task<bool> TryRotateAsync(RefreshToken presented, Issuance issuance, CancellationToken ct)
    {
        var now = issuance.RefreshToken?.CreatedAt ?? issuance.Event.At;
        var insertSuccessor = Insert(issuance.RefreshToken);
        var (useProof, told) = (StoredReplayGuard.UseOf(issuance.Proof), AuditEventRow.From(issuance.Event));
        return writer.TryWriteAsync(
            async transaction =>
            {
                if (await transaction.ExecuteAsync(UseFamily, now, presented.Rights.FamilyId) != 1
                    || await transaction.ExecuteAsync(TokenRow.Redeem, now, TokenRow.NewConcurrencyToken(), presented.Id) != 1)
                {
                    return false;
                }

                await insertSuccessor(transaction);
                return await useProof(transaction) && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    public Task<bool> TryRepeatAsync(RefreshToken successor, Issuance issuance, CancellationToken ct)
    {
        var (useProof, told) = (StoredReplayGuard.UseOf(issuance.Proof), AuditEventRow.From(issuance.Event));
        return writer.TryWriteAsync(
            async transaction =>
                await transaction.ExecuteAsync(UseFamily, issuance.Event.At, successor.Rights.FamilyId) == 1
                && await transaction.ExecuteAsync(HoldValid, TokenRow.NewConcurrencyToken(), successor.Id) == 1
                && await useProof(transaction)
                && await AuditTrail.AppendAsync(transaction, told),
            ct);
    }

    /// <summary>The part of a change that stores a new token, where there is one.</summary>
    internal static Func<WriteTransaction, ValueTask> Insert(RefreshToken? token)
    {
        if (token is null)
        {
            return static _ => default;
        }

        // Before the change begins: on SQLite others wait for it.
        var rights = token.Rights;
        var payload = JsonSerializer.Serialize(new RefreshPayload(rights, token.FamilyExpiresAt), TokenPayloads.Default.RefreshPayload);
        return async transaction => await transaction.ExecuteAsync(
            TokenRow.Insert, token.Id, rights.ApplicationId, rights.AuthorizationId, TokenRow.NewConcurrencyToken(), token.CreatedAt,
            token.ExpiresAt, payload, token.ReferenceId, rights.Subject, OpenIddictTokenTypes.RefreshToken);
    }
}
