using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Accounts;

/// <summary>Ends what was granted at a provider and then confirmed by nobody, or was left half done by a server that died: it goes on the list of what is taken back there.
/// Of several nodes, one does.</summary>
internal sealed partial class AbandonedLinks(
    IDbContextFactory<AuthDbContext> contexts, AccountLinkChanges changes, GrantEndings endings, TimeProvider clock, ILogger<AbandonedLinks> logger) : BackgroundService
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Whoever came back in time is carried through afterwards: no step of that takes so long.
    private static readonly TimeSpan LongestReturn = TimeSpan.FromMinutes(10);

    internal async Task EndAsync(CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        var dead = now - LongestReturn;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var abandoned = await context.AccountLinks.AsNoTracking()
            .Where(row => row.ExpiresAt <= now
                && (row.Stage == LinkStage.Waiting || row.Stage == LinkStage.Choosing || (row.Stage == LinkStage.Returned && row.Tokens != null && row.ExpiresAt <= dead)))
            .Join(context.Connections, link => link.ConnectionId, connection => connection.Id, (link, connection) => new { link, connection })
            .OrderBy(row => row.link.ExpiresAt).Take(MostAtOnce).ToListAsync(ct);
        foreach (var row in abandoned)
        {
            var link = row.link;
            link.Fault = (link.Stage == LinkStage.Choosing ? LinkFaults.NotChosen : LinkFaults.Abandoned).Code;
            var why = AuditEvent.Of(AccountEvents.Refused, AuditOutcomes.Denied, now) with
            {
                Subject = link.UserId,
                OrganizationId = link.OrganizationId,
                AgentId = link.AgentId,
                Target = link.Id,
                Reason = link.Fault,
                Detail = JsonSerializer.Serialize(new { Connection = link.ConnectionId, Provider = row.connection.ProviderId, Link = link.Id }, ApiJson.Options),
            };

            // A code that is redeemed meanwhile wins.
            await changes.TryFailAsync(link, why, await endings.OfLinksAsync(context, [link], rows => rows, ct), ct);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, EndAsync, e => Log.Failed(logger, e), stoppingToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Links of accounts that nobody confirmed could not be ended.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
