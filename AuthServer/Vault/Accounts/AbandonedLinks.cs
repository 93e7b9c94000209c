using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Accounts;

/// <summary>Ends what was granted at a provider and then confirmed by nobody: what waits too long is taken back there. Of several nodes, one does.</summary>
internal sealed partial class AbandonedLinks(
    IDbContextFactory<AuthDbContext> contexts, AccountLinkChanges changes, GrantRevocations revocations, SealedTokens tokens, TimeProvider clock, ILogger<AbandonedLinks> logger) : BackgroundService
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    internal async Task EndAsync(CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var abandoned = await context.AccountLinks.AsNoTracking().Where(row => (row.Stage == LinkStage.Waiting || row.Stage == LinkStage.Choosing) && row.ExpiresAt <= now)
            .Join(context.Connections, link => link.ConnectionId, connection => connection.Id, (link, connection) => new { link, connection })
            .OrderBy(row => row.link.ExpiresAt).Take(MostAtOnce).ToListAsync(ct);
        foreach (var row in abandoned)
        {
            var (link, brought) = (row.link, tokens.Open(row.link.Tokens, row.link.TokensPlace));
            link.Fault = (link.Stage == LinkStage.Choosing ? LinkFaults.NotChosen : LinkFaults.Abandoned).Code;
            var why = new AuditEvent
            {
                Id = Identifiers.New("aud_", now),
                At = now,
                Type = AccountEvents.Refused,
                Outcome = AuditOutcomes.Denied,
                Subject = link.UserId,
                OrganizationId = link.OrganizationId,
                AgentId = link.AgentId,
                Target = link.Id,
                Reason = link.Fault,
                Detail = JsonSerializer.Serialize(new { Connection = link.ConnectionId, Provider = row.connection.ProviderId, Link = link.Id }, ApiJson.Options),
            };

            // Whoever ends it takes it back; a code that is redeemed meanwhile wins.
            if (await changes.TryFailAsync(link, why, ct))
            {
                await revocations.EndAsync(row.connection, brought, link.ProviderAccount, null, link.Id, ct);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, EndAsync, e => Log.Failed(logger, e), stoppingToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Links of accounts that nobody confirmed could not be ended.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
