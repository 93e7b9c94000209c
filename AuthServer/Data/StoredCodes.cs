using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Authorization codes, as rows of OpenIddictTokens.</summary>
public sealed class StoredCodes(IDatabaseWriter writer, IDatabaseReader reader, RevocationIndex revocations) : IAuthorizationCodes
{
    private static readonly Statement UseRequest = new("""DELETE FROM "AuthorizationRequests" WHERE "Id" = $1 AND "ExpiresAt" > $2""");

    // Loses to a family that was ended before it began, to an authorization that was taken back, and to a session or person that was
    // ended after they signed in (a code does not say in a column from which session it came), and to an agent that was ended after the code was given,
    // or that may not act now: a code could be given on the strength of what was read a moment before.
    private static readonly Statement OpenFamily = new(
        """
        INSERT INTO "TokenFamilies" ("Id", "AuthorizationId", "ApplicationId", "Subject", "SessionId", "CreatedAt", "ExpiresAt", "LastUsedAt", "ActorId")
        SELECT $1, $2, $3, $4, $5, $6, $7, $6, $9
        WHERE EXISTS (SELECT 1 FROM "OpenIddictAuthorizations" WHERE "Id" = $2 AND "Status" = 'valid')
            AND NOT EXISTS (SELECT 1 FROM "Revocations" WHERE "Kind" = 3 AND "Id" = $5)
            AND NOT EXISTS (SELECT 1 FROM "Revocations" WHERE "Kind" = 4 AND "Id" = $4 AND "Moment" >= $8)
            AND NOT EXISTS (SELECT 1 FROM "Revocations" WHERE "Kind" = 6 AND "Id" = CAST($9 AS varchar(100)) AND "Moment" >= $10)
            AND NOT EXISTS (SELECT 1 FROM "Revocations" WHERE "Kind" = 7 AND "Id" = $11 AND "Moment" >= $10)
            AND NOT EXISTS (SELECT 1 FROM "Agents" WHERE "Id" = CAST($9 AS varchar(100)) AND "Status" <> 1)
        ON CONFLICT ("Id") DO NOTHING
        """);

    public Task<bool> TryAddAsync(AuthorizationCode code, string? requestId, AuditEvent issued, CancellationToken ct)
    {
        var rights = code.Rights;
        var payload = JsonSerializer.Serialize(
            new CodePayload(rights, code.RedirectUri, code.CodeChallenge, code.Nonce, code.ForExchange), TokenPayloads.Default.CodePayload);
        var told = AuditEventRow.From(issued);
        return writer.TryWriteAsync(
            async transaction =>
            {
                if (requestId is not null && await transaction.ExecuteAsync(UseRequest, requestId, code.CreatedAt) != 1)
                {
                    return false;
                }

                await transaction.ExecuteAsync(
                    TokenRow.Insert, code.Id, rights.ApplicationId, rights.AuthorizationId, TokenRow.NewConcurrencyToken(), code.CreatedAt,
                    code.ExpiresAt, payload, code.ReferenceId, rights.Subject, OpenIddictTokenTypes.AuthorizationCode);
                return await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    public async Task<AuthorizationCode?> FindAsync(string referenceId, CancellationToken ct)
    {
        if (await TokenRow.FindAsync(reader, referenceId, OpenIddictTokenTypes.AuthorizationCode, ct) is not { } row
            || row.ReadPayload(TokenPayloads.Default.CodePayload) is not { Rights: { } rights } payload)
        {
            return null;
        }

        var signedOut = revocations.Ended(RevocationKind.Session, rights.SessionId)
            || revocations.EndedBefore(RevocationKind.Subject, rights.Subject, rights.AuthTime)
            || revocations.EndedBefore(RevocationKind.Agent, rights.Actor?.Id, row.CreatedAt)
            || revocations.EndedBefore(RevocationKind.Organization, rights.Actor?.OrganizationId, row.CreatedAt);
        return new AuthorizationCode
        {
            Id = row.Id,
            ReferenceId = referenceId,
            Rights = rights,
            RedirectUri = payload.RedirectUri,
            CodeChallenge = payload.CodeChallenge,
            Nonce = payload.Nonce,
            ForExchange = payload.ForExchange,
            CreatedAt = row.CreatedAt,
            ExpiresAt = row.ExpiresAt,
            Status = signedOut && row.Status == TokenStatus.Valid ? TokenStatus.Revoked : row.Status,
        };
    }

    public Task<bool> TryRedeemAsync(AuthorizationCode code, TokenFamily family, Issuance issuance, CancellationToken ct)
    {
        var rights = family.Rights;
        var insertRefreshToken = StoredRefreshTokens.Insert(issuance.RefreshToken);
        var (useProof, told) = (StoredReplayGuard.UseOf(issuance.Proof), AuditEventRow.From(issuance.Event));
        return writer.TryWriteAsync(
            async transaction =>
            {
                // Whoever ends one of these either sees the family below, or is seen by it.
                await transaction.ShareAsync(rights.ApplicationId, rights.AuthorizationId, rights.SessionId, rights.Subject, rights.Actor?.Id ?? rights.Subject);

                // The family first, as in every other change: two who take their locks in different orders wait for each other.
                if (await transaction.ExecuteAsync(
                        OpenFamily, family.Id, rights.AuthorizationId, rights.ApplicationId, rights.Subject, rights.SessionId,
                        family.CreatedAt, family.ExpiresAt, rights.AuthTime, rights.Actor?.Id, code.CreatedAt, rights.Actor?.OrganizationId) != 1
                    || await transaction.ExecuteAsync(TokenRow.Redeem, family.CreatedAt, TokenRow.NewConcurrencyToken(), code.Id) != 1)
                {
                    return false;
                }

                await insertRefreshToken(transaction);
                return await useProof(transaction) && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }
}
