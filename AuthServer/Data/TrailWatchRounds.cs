using AuthServer.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Data;

/// <summary>What this process commits <see cref="TrailWatch"/> learns at once. What others commit is looked for here: one indexed read for each part of
/// the trail that somebody watches, however many do; none while nobody does.</summary>
internal sealed partial class TrailWatchRounds(TrailWatch watch, IDatabaseReader reader, TimeProvider clock, ILogger<TrailWatchRounds> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // What is newer than this at the first look may have come after the page was made.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);

    private static readonly Statement OfOrganization = new("""SELECT "Id" FROM "AuditEvents" WHERE "OrganizationId" = $1 ORDER BY "Id" DESC LIMIT 1""");

    private static readonly Statement OfPerson = new(
        """SELECT "Id" FROM "AuditEvents" WHERE "Subject" = $1 AND "Subject" LIKE 'usr_%' ORDER BY "Id" DESC LIMIT 1""");

    private static readonly Statement OfAll = new("""SELECT "Id" FROM "AuditEvents" ORDER BY "Id" DESC LIMIT 1""");

    private Dictionary<string, string> _newest = [];

    internal async Task LookAsync(CancellationToken ct)
    {
        var (before, now) = (_newest, clock.GetUtcNow());
        _newest = [];
        foreach (var of in watch.Watched)
        {
            var (statement, values) = of == TrailWatch.Everything ? (OfAll, Array.Empty<object?>()) : (of.StartsWith("usr_", StringComparison.Ordinal) ? OfPerson : OfOrganization, [of]);
            var newest = await reader.FindAsync(statement, row => row.GetString(0), values, ct) ?? "";
            _newest[of] = newest;
            if (before.TryGetValue(of, out var known) ? known != newest : Identifiers.TimeOf("aud_", newest) is { } at && at > now - Recent)
            {
                watch.Tell(of);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, LookAsync, e => Log.NotRead(logger, e), stoppingToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Pages that show new events by themselves are not told of other processes' events.")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
