namespace AuthServer.Data;

/// <summary>The statements that end families and their tokens. A token belongs to a family when its id begins with the family's and a dot.</summary>
internal static class Endings
{
    // A code that was never redeemed has no family yet: it gets one that has ended, so that none can begin.
    public static readonly Statement Family = new(
        """
        INSERT INTO "TokenFamilies" ("Id", "AuthorizationId", "ApplicationId", "Subject", "SessionId", "CreatedAt", "ExpiresAt", "LastUsedAt", "EndedAt")
        VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $6)
        ON CONFLICT ("Id") DO UPDATE SET "EndedAt" = excluded."EndedAt" WHERE "TokenFamilies"."EndedAt" IS NULL
        """);

    public static readonly Statement FamilyTokens = new(
        """
        UPDATE "OpenIddictTokens" SET "Status" = 'revoked', "ConcurrencyToken" = $1
        WHERE "AuthorizationId" = $2 AND "Status" = 'valid' AND substr("Id", 1, length($3)) = $3
        """);

    public static readonly Statement Session = new("""UPDATE "Sessions" SET "EndedAt" = $1 WHERE "Id" = $2 AND "EndedAt" IS NULL""");

    public static readonly Statement SessionFamilies = new(
        """UPDATE "TokenFamilies" SET "EndedAt" = $1 WHERE "SessionId" = $2 AND "EndedAt" IS NULL""");

    public static readonly Statement SessionTokens = new(
        """
        UPDATE "OpenIddictTokens" SET "Status" = 'revoked', "ConcurrencyToken" = $1
        WHERE "Status" = 'valid' AND "AuthorizationId" IN (SELECT "AuthorizationId" FROM "TokenFamilies" WHERE "SessionId" = $2)
            AND EXISTS (SELECT 1 FROM "TokenFamilies" AS family WHERE family."SessionId" = $2
                AND substr("OpenIddictTokens"."Id", 1, length(family."Id") + 1) = family."Id" || '.')
        """);

    public static readonly Statement Authorization = new(
        """UPDATE "OpenIddictAuthorizations" SET "Status" = 'revoked', "ConcurrencyToken" = $1 WHERE "Id" = $2 AND "Status" = 'valid'""");

    public static readonly Statement AuthorizationFamilies = new(
        """UPDATE "TokenFamilies" SET "EndedAt" = $1 WHERE "AuthorizationId" = $2 AND "EndedAt" IS NULL RETURNING "Id" """);

    public static readonly Statement AuthorizationTokens = new(
        """
        UPDATE "OpenIddictTokens" SET "Status" = 'revoked', "ConcurrencyToken" = $1 WHERE "AuthorizationId" = $2 AND "Status" = 'valid'
        """);

    public static readonly Statement PersonSessions = new(
        """UPDATE "Sessions" SET "EndedAt" = $1 WHERE "UserId" = $2 AND "CreatedAt" <= $3 AND "EndedAt" IS NULL RETURNING "Id" """);

    // Also what began a moment later in a session that has ended: a redemption that was on its way.
    public static readonly Statement PersonFamilies = new(
        """
        UPDATE "TokenFamilies" SET "EndedAt" = $1
        WHERE "Subject" = $2 AND "EndedAt" IS NULL
            AND ("CreatedAt" <= $3 OR "SessionId" IN (SELECT "Id" FROM "Sessions" WHERE "UserId" = $2 AND "EndedAt" IS NOT NULL))
        RETURNING "Id"
        """);

    public static readonly Statement PersonTokens = new(
        """
        UPDATE "OpenIddictTokens" SET "Status" = 'revoked', "ConcurrencyToken" = $1
        WHERE "Status" = 'valid' AND "AuthorizationId" IN (SELECT "Id" FROM "OpenIddictAuthorizations" WHERE "Subject" = $2)
            AND ("CreationDate" <= $3 OR EXISTS (SELECT 1 FROM "TokenFamilies" AS family
                WHERE family."AuthorizationId" = "OpenIddictTokens"."AuthorizationId" AND family."EndedAt" IS NOT NULL
                    AND substr("OpenIddictTokens"."Id", 1, length(family."Id") + 1) = family."Id" || '.'))
        """);

    public static readonly Statement ApplicationOfAgent = new("""SELECT "ApplicationId" FROM "Agents" WHERE "Id" = $1""");

    public static readonly Statement ApplicationsOfOrganization = new("""SELECT "ApplicationId" FROM "Agents" WHERE "OrganizationId" = $1 ORDER BY "ApplicationId" """);

    public static readonly Statement AgentsOfOrganization = new("""SELECT "Id" FROM "Agents" WHERE "OrganizationId" = $1 ORDER BY "Id" """);

    // What an agent has through an application that is not itself.
    public static readonly Statement ActorFamilies = new(
        """UPDATE "TokenFamilies" SET "EndedAt" = $1 WHERE "ActorId" = $2 AND "CreatedAt" <= $3 AND "EndedAt" IS NULL RETURNING "Id" """);

    public static readonly Statement ActorTokens = new(
        """
        UPDATE "OpenIddictTokens" SET "Status" = 'revoked', "ConcurrencyToken" = $1
        WHERE "Status" = 'valid' AND "AuthorizationId" IN (SELECT "AuthorizationId" FROM "TokenFamilies" WHERE "ActorId" = $2)
            AND EXISTS (SELECT 1 FROM "TokenFamilies" AS family WHERE family."ActorId" = $2 AND family."EndedAt" IS NOT NULL
                AND substr("OpenIddictTokens"."Id", 1, length(family."Id") + 1) = family."Id" || '.')
        """);

    public static readonly Statement ApplicationOfClient = new("""SELECT "Id" FROM "OpenIddictApplications" WHERE "ClientId" = $1""");

    public static readonly Statement ClientFamilies = new(
        """
        UPDATE "TokenFamilies" SET "EndedAt" = $1
        WHERE "AuthorizationId" IN (SELECT "Id" FROM "OpenIddictAuthorizations" WHERE "ApplicationId" = $2)
            AND "CreatedAt" <= $3 AND "EndedAt" IS NULL
        RETURNING "Id"
        """);

    public static readonly Statement ClientTokens = new(
        """
        UPDATE "OpenIddictTokens" SET "Status" = 'revoked', "ConcurrencyToken" = $1
        WHERE "ApplicationId" = $2 AND "Status" = 'valid'
            AND ("CreationDate" <= $3 OR EXISTS (SELECT 1 FROM "TokenFamilies" AS family
                WHERE family."AuthorizationId" = "OpenIddictTokens"."AuthorizationId" AND family."EndedAt" IS NOT NULL
                    AND substr("OpenIddictTokens"."Id", 1, length(family."Id") + 1) = family."Id" || '.'))
        """);
}
