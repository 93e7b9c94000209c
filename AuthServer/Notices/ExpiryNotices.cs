using AuthServer.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Notices;

/// <summary>Tells of keys, certificates and secrets 30, 7 and 1 days before they expire: the trail, and by it webhooks, and the organization's developers by mail.
/// Once each, whichever node was first.</summary>
public sealed partial class ExpiryNotices(ExpiringCredentials credentials, ExpiryNoticeChanges changes, ExpiryMails mails, TimeProvider clock, ILogger<ExpiryNotices> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    internal async Task RunAsync(DateTimeOffset now, CancellationToken ct)
    {
        // The nearest first: of what is told late, only the last notice is of use.
        var after = now;
        foreach (var days in ExpiringCredential.NoticeDays)
        {
            while (await credentials.DueAsync(days, after, now, ct) is { Count: > 0 } due)
            {
                foreach (var one in due.GroupBy(one => one.OrganizationId))
                {
                    await TellAsync(one.Key, [.. one.OrderBy(credential => credential.ExpiresAt)], days, now, ct);
                }
            }

            after = now.AddDays(days);
        }

        await changes.PruneAsync(now, ct);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(Interval, clock, ct => RunAsync(clock.GetStoredNow(), ct), e => Log.Failed(logger, e), stoppingToken);

    private async Task TellAsync(string organizationId, IReadOnlyList<ExpiringCredential> due, int days, DateTimeOffset now, CancellationToken ct)
    {
        var readers = await mails.ReadersAsync(organizationId, ct);
        var name = readers.Count == 0 ? "" : await mails.NameAsync(organizationId, ct);
        await changes.TellAsync(due, days, now, told => [.. readers.Select(reader => mails.Write(reader, told, days, name, now))], ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Telling of what expires failed.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
