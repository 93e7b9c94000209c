using AuthServer.Applications;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Data;

/// <summary>Deletes what has expired, a little at a time, so that no request waits long for it.</summary>
internal sealed partial class Pruning(
    IDatabaseWriter writer, DatabaseSettings settings, RevocationIndex index, TokenPruning tokens, ApprovalChanges approvals, TimeProvider time, ILogger<Pruning> logger) : BackgroundService
{
    private const int RoundsPerTokenRound = 24;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private static readonly Statement[] Expired =
    [
        new("""DELETE FROM "AuthorizationRequests" WHERE "Id" IN (SELECT "Id" FROM "AuthorizationRequests" WHERE "ExpiresAt" <= $1 LIMIT 500)"""),
        new("""DELETE FROM "ExternalArrivals" WHERE "Id" IN (SELECT "Id" FROM "ExternalArrivals" WHERE "ExpiresAt" <= $1 AND "Tokens" IS NULL LIMIT 500)"""),
        new("""DELETE FROM "UsedHandles" WHERE "Handle" IN (SELECT "Handle" FROM "UsedHandles" WHERE "ExpiresAt" <= $1 LIMIT 500)"""),
        new("""DELETE FROM "AccountLinks" WHERE "Id" IN (SELECT "Id" FROM "AccountLinks" WHERE "ExpiresAt" <= $1 AND "Stage" NOT IN (4, 7) AND NOT ("Stage" = 3 AND "Tokens" IS NOT NULL) LIMIT 500)"""),

        new("""DELETE FROM "MailedLinks" WHERE "Hash" IN (SELECT "Hash" FROM "MailedLinks" WHERE "ExpiresAt" <= $1 LIMIT 500)"""),
        new("""DELETE FROM "ApiDevices" WHERE ("UserId", "Hash") IN (SELECT "UserId", "Hash" FROM "ApiDevices" WHERE "ExpiresAt" <= $1 LIMIT 500)"""),

        // Asked again of the row itself: a limit that was taken from meanwhile lives on.
        new("""
            DELETE FROM "PolicyLimits" WHERE "ExpiresAt" <= $1 AND "Key" IN (SELECT "Key" FROM "PolicyLimits" WHERE "ExpiresAt" <= $1 LIMIT 500)
            """),
        new("""
            DELETE FROM "Revocations" WHERE ("Kind", "Id") IN (SELECT "Kind", "Id" FROM "Revocations" WHERE "ExpiresAt" <= $1 LIMIT 500)
            """),
    ];

    // Their ids tell when they were registered.
    private static readonly Statement UnusedRegistrations = new(
        """
        DELETE FROM "OpenIddictApplications" WHERE "Id" IN (SELECT application."Id" FROM "OpenIddictApplications" AS application
            WHERE application."ClientId" >= $1 AND application."ClientId" < $2
                AND NOT EXISTS (SELECT 1 FROM "OpenIddictAuthorizations" AS granted WHERE granted."ApplicationId" = application."Id") LIMIT 500)
        """);

    internal async Task PruneAsync(DateTimeOffset now, CancellationToken ct)
    {
        index.Prune(now);
        foreach (var statement in Expired)
        {
            while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(statement, now) > 0, ct))
            {
            }
        }

        await approvals.PruneAsync(now, ct);
        var (first, until) = (Identifiers.First(Registrations.Prefix, DateTimeOffset.UnixEpoch), Identifiers.First(Registrations.Prefix, now - settings.UnusedRegistrations));
        while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(UnusedRegistrations, first, until) > 0, ct))
        {
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var round = 0;
        return Rounds.RunAsync(
            Interval,
            time,
            async ct =>
            {
                var withTokens = round++ % RoundsPerTokenRound == 0;
                await PruneAsync(time.GetUtcNow(), ct);
                if (withTokens)
                {
                    await tokens.PruneAsync(time.GetUtcNow(), ct);
                }
            },
            e => Log.Failed(logger, e),
            stoppingToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Deleting what has expired failed.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
