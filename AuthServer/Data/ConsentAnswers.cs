using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Consents;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>What people answer: the claim of the stored request, what it grants, and the event, in one commit.</summary>
public sealed class ConsentAnswers(IDatabaseWriter writer)
{
    // One answer for each request. In one browser another person may sign in before it is followed, and then answers anew.
    private static readonly Statement Claim = new(
        """
        UPDATE "AuthorizationRequests" SET "ConsentSubject" = $2, "AuthorizationId" = $3
        WHERE "Id" = $1 AND "ExpiresAt" > $4 AND ("ConsentSubject" IS NULL OR ("RequiredScopes" IS NULL AND "ConsentSubject" <> $2))
        """);

    private static readonly Statement InsertAuthorization = new(
        """
        INSERT INTO "OpenIddictAuthorizations" ("Id", "ApplicationId", "ConcurrencyToken", "CreationDate", "Scopes", "Status", "Subject", "Type")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """);

    private static readonly Statement InsertConsent = new(
        """
        INSERT INTO "Consents" ("AuthorizationId", "ApplicationId", "Subject", "ActorId", "RedirectHost", "Resources", "ExpiresAt")
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """);

    // Those of the former row too: they were its last document's.
    private static readonly Statement ForgetOrigins = new(
        """DELETE FROM "ClientOrigins" WHERE "ApplicationId" IN (SELECT "Id" FROM "OpenIddictApplications" WHERE "ClientId" = $1 OR "Id" = $2)""");

    private static readonly Statement KeepOrigin = new("""INSERT INTO "ClientOrigins" ("Origin", "ApplicationId") VALUES ($1, $2)""");

    // Only one row has the client id; grants keep referring to the former one.
    private static readonly Statement ReleaseClientId = new("""UPDATE "OpenIddictApplications" SET "ClientId" = NULL WHERE "ClientId" = $1 AND "Id" <> $2""");

    private static readonly Statement KeepApplication = new(
        """
        INSERT INTO "OpenIddictApplications" ("Id", "ApplicationType", "ClientId", "ClientType", "ConcurrencyToken", "ConsentType", "DisplayName", "JsonWebKeySet",
            "Permissions", "Properties", "RedirectUris", "Requirements")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT ("Id") DO UPDATE SET "ClientId" = $3, "ConcurrencyToken" = $5, "DisplayName" = $7, "Permissions" = $9, "Properties" = $10, "RedirectUris" = $11
        """);

    /// <summary>False when the request was answered already or is gone, and then nothing is stored.</summary>
    /// <param name="requestId">The stored request; null where no page was needed.</param>
    /// <param name="application">The client's row, where a consent is what makes it or brings it up to date.</param>
    public Task<bool> TryGrantAsync(
        string? requestId, OpenIddictAuthorization authorization, Consent consent, OpenIddictApplication? application, AuditEvent granted, CancellationToken ct)
    {
        var told = AuditEventRow.From(granted);
        return writer.TryWriteAsync(
            async transaction =>
            {
                if (application is not null)
                {
                    // Two people may be the first at the same time.
                    await transaction.LockAsync($"application:{application.ClientId}");
                }

                if (requestId is not null && await transaction.ExecuteAsync(Claim, requestId, consent.Subject, authorization.Id, granted.At) != 1)
                {
                    return false;
                }

                if (application is not null)
                {
                    await KeepAsync(transaction, application);
                }

                await transaction.ExecuteAsync(
                    InsertAuthorization, authorization.Id, authorization.ApplicationId, authorization.ConcurrencyToken, authorization.CreationDate,
                    authorization.Scopes, authorization.Status, authorization.Subject, authorization.Type);
                await transaction.ExecuteAsync(
                    InsertConsent, consent.AuthorizationId, consent.ApplicationId, consent.Subject, consent.ActorId, consent.RedirectHost, consent.Resources,
                    consent.ExpiresAt);
                return await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    /// <summary>The row, and the web origins from which its pages may call this server from now on.</summary>
    private static async ValueTask KeepAsync(WriteTransaction transaction, OpenIddictApplication application)
    {
        await transaction.ExecuteAsync(ForgetOrigins, application.ClientId, application.Id);
        await transaction.ExecuteAsync(ReleaseClientId, application.ClientId, application.Id);
        await transaction.ExecuteAsync(
            KeepApplication, application.Id, application.ApplicationType, application.ClientId, application.ClientType, application.ConcurrencyToken,
            application.ConsentType, application.DisplayName, application.JsonWebKeySet, application.Permissions, application.Properties,
            application.RedirectUris, application.Requirements);
        foreach (var origin in ApplicationOrigins.OfStranger(ApplicationMapping.Strings(application.RedirectUris)))
        {
            await transaction.ExecuteAsync(KeepOrigin, origin, application.Id);
        }
    }

    /// <summary>False when the request was answered already or is gone.</summary>
    public Task<bool> TryDenyAsync(string requestId, string subject, DateTimeOffset now, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Claim, requestId, subject, null, now) == 1, ct);
}
