using System.Reflection;
using AuthServer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AuthServer.Administration;

/// <summary>Whether the server can do its work, and what of it waits.</summary>
public sealed class InstallationHealth
{
    private static readonly Statement DatabaseSize = new("SELECT pg_database_size(current_database())");

    private static readonly Statement DatabaseTime = new("SELECT now()");

    private readonly HealthCheckService _checks;
    private readonly IDbContextFactory<AuthDbContext> _contexts;
    private readonly DatabaseSettings _settings;
    private readonly SqliteConnections? _sqlite;
    private readonly IDatabaseWriter _writer;
    private readonly IDatabaseReader _reader;
    private readonly AuditLanes _lanes;
    private readonly TimeProvider _clock;

    internal InstallationHealth(
        HealthCheckService checks, IDbContextFactory<AuthDbContext> contexts, DatabaseSettings settings, SqliteConnections? sqlite, IDatabaseWriter writer, IDatabaseReader reader, AuditLanes lanes, TimeProvider clock) =>
        (_checks, _contexts, _settings, _sqlite, _writer, _reader, _lanes, _clock) = (checks, contexts, settings, sqlite, writer, reader, lanes, clock);

    public static string Version { get; } =
        typeof(InstallationHealth).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public async Task<HealthFile> ReadAsync(CancellationToken ct)
    {
        var report = await _checks.CheckHealthAsync(check => check.Tags.Contains("ready"), ct);
        await using var context = await _contexts.CreateDbContextAsync(ct);
        var now = _clock.GetUtcNow();
        var applied = (await context.Database.GetAppliedMigrationsAsync(ct)).ToList();
        return new HealthFile(
            [.. report.Entries.Select(entry => new CheckLine(entry.Key, entry.Value.Status == HealthStatus.Healthy, entry.Value.Description, entry.Value.Duration))],
            new DatabaseFile(_settings.Provider, _sqlite?.File, await SizeAsync(ct), applied.Count, applied.LastOrDefault(), (await context.Database.GetPendingMigrationsAsync(ct)).Count(), (_writer as SqliteWriter)?.Waiting),
            await context.Mails.LongCountAsync(mail => mail.DueAt != null && mail.SentAt == null, ct),
            await context.WebhookDeliveries.LongCountAsync(delivery => delivery.DueAt != null, ct),
            now,
            await DriftAsync(now, ct),
            Version,
            now - _lanes.Since);
    }

    private async Task<long?> SizeAsync(CancellationToken ct)
    {
        if (_sqlite is null)
        {
            return await _reader.FindAsync(DatabaseSize, row => row.GetInt64(0), [], ct);
        }

        // With what waits in its log.
        return new[] { _sqlite.File, _sqlite.File + "-wal" }.Select(file => new FileInfo(file)).Where(file => file.Exists).Sum(file => file.Length);
    }

    /// <summary>How far the database's clock is from this machine's; null: they are one.</summary>
    private async Task<TimeSpan?> DriftAsync(DateTimeOffset now, CancellationToken ct) => _sqlite is not null
        ? null
        : new DateTimeOffset(DateTime.SpecifyKind(await _reader.FindAsync(DatabaseTime, row => row.GetDateTime(0), [], ct), DateTimeKind.Utc)) - now;
}

/// <param name="Mails">That wait to be sent, or passed on.</param>
/// <param name="Messages">To webhooks, that wait.</param>
/// <param name="Drift">How far the database's clock is ahead; null: it is the same.</param>
/// <param name="Uptime">Of this process.</param>
public sealed record HealthFile(
    IReadOnlyList<CheckLine> Checks, DatabaseFile Database, long Mails, long Messages, DateTimeOffset Now, TimeSpan? Drift, string Version, TimeSpan Uptime)
{
    public bool IsReady => Checks.All(check => check.IsGood);
}

public sealed record CheckLine(string Name, bool IsGood, string? Words, TimeSpan Took);

/// <param name="File">Of SQLite.</param>
/// <param name="Size">Octets.</param>
/// <param name="Migrations">That were applied.</param>
/// <param name="Waiting">Changes that wait for the next commit; null: the database puts them in order itself.</param>
public sealed record DatabaseFile(string Provider, string? File, long? Size, int Migrations, string? LastMigration, int Pending, int? Waiting);
