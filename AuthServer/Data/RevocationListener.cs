using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AuthServer.Data;

/// <summary>PostgreSQL: hears at once what other nodes end (<c>LISTEN</c>). While its connection is lost, the feed is not current.</summary>
internal sealed partial class RevocationListener(
    DatabaseSettings settings, RevocationFeed feed, ILogger<RevocationListener> logger) : BackgroundService
{
    /// <summary>How the connection calls itself to the database.</summary>
    internal const string ApplicationName = "authserver revocations";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A connection of its own, which asks now and then whether its peer still lives.
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
    {
        Pooling = false,
        KeepAlive = 10,
        ApplicationName = ApplicationName,
    }.ConnectionString;

    private NpgsqlConnection? _connection;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await DisconnectAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (_connection is null)
                {
                    await ConnectAsync(stoppingToken);
                    Log.Back(logger);
                }

                pause = FirstPause;
                while (true)
                {
                    await _connection!.WaitAsync(stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever broke it: connect again.
                feed.IsCurrent = false;
                Log.Lost(logger, e);
                await DisconnectAsync();
                await Task.Delay(pause, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>Listens first and reads then, so that nothing falls between.</summary>
    private async Task ConnectAsync(CancellationToken ct)
    {
        var connection = _connection = new NpgsqlConnection(_connectionString);
        try
        {
            connection.Notification += Heard;
            await connection.OpenAsync(ct);
            await using var listen = new NpgsqlCommand($"LISTEN {StoredRevocations.Channel}", connection);
            await listen.ExecuteNonQueryAsync(ct);
            await feed.LoadAsync(ct);
            feed.IsCurrent = true;
        }
        catch
        {
            await DisconnectAsync();
            throw;
        }
    }

    private void Heard(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (StoredRevocations.Parse(notification.Payload) is { } entry)
        {
            feed.Add(entry);
        }
        else
        {
            Log.NotUnderstood(logger, notification.Payload);
        }
    }

    private async Task DisconnectAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The connection that hears of other nodes' revocations is lost. Until it is back, each verification reads the database.")]
        public static partial void Lost(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "Revocations of other nodes are heard again.")]
        public static partial void Back(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "Another node sent a revocation that this version does not understand: {Message}.")]
        public static partial void NotUnderstood(ILogger logger, string message);
    }
}
