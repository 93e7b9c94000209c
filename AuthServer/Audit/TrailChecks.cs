using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Audit;

/// <summary>Verifies the whole trail when an administrator asks for it, one verification at a time, and keeps what this node found last.</summary>
public sealed partial class TrailChecks
{
    private readonly AuditVerification _verification;
    private readonly StoredCheckpoints _checkpoints;
    private readonly IAuditTrail _trail;
    private readonly IHostApplicationLifetime _life;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private TrailCheck? _last;
    private int _running;

    internal TrailChecks(
        AuditVerification verification, StoredCheckpoints checkpoints, IAuditTrail trail, IHostApplicationLifetime life, TimeProvider clock, ILogger<TrailChecks> logger) =>
        (_verification, _checkpoints, _trail, _life, _clock, _logger) = (verification, checkpoints, trail, life, clock, logger);

    public bool IsRunning => Volatile.Read(ref _running) == 1;

    /// <summary>What was found last; null: nobody has asked since the start.</summary>
    public TrailCheck? Last => Volatile.Read(ref _last);

    /// <summary>The newest signed checkpoint and when it was made; null: there is none.</summary>
    public async Task<(string Id, DateTimeOffset At)?> NewestCheckpointAsync(CancellationToken ct) =>
        await _checkpoints.RecentAsync("", ct) is [var newest, ..] && Identifiers.TimeOf("chk_", newest.Id) is { } at ? (newest.Id, at) : null;

    /// <summary>Begins one, which goes on behind the request. False: one is going on.</summary>
    /// <param name="asked">For the trail.</param>
    public async Task<bool> TryStartAsync(AuditEvent asked, CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            return false;
        }

        try
        {
            await _trail.AppendAsync(asked, ct);
        }
        catch
        {
            Volatile.Write(ref _running, 0);
            throw;
        }

        _ = Task.Run(RunAsync, CancellationToken.None);
        return true;
    }

    private async Task RunAsync()
    {
        try
        {
            var began = _clock.GetUtcNow();
            Volatile.Write(ref _last, new TrailCheck(began, await _verification.RunAsync(_life.ApplicationStopping)));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(_logger, e);
            Volatile.Write(ref _last, new TrailCheck(_clock.GetUtcNow(), null));
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The trail could not be verified.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}

/// <param name="At">As of when the trail was read.</param>
/// <param name="Report">Null: it could not be read; the log tells why.</param>
public sealed record TrailCheck(DateTimeOffset At, VerificationReport? Report)
{
    public bool IsBroken => Report is { Faults.Count: > 0 };

    /// <summary>Nothing is broken, and checkpoints vouch for all that they should.</summary>
    public bool IsProven => Report is { Faults.Count: 0, Unverifiable: 0, Overdue: 0, IsVouchedFor: true };
}
