using System.Collections.Concurrent;
using System.Security.Cryptography;
using AuthServer.Data;
using AuthServer.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Webhooks;

/// <summary>Every second: what happened is queued, and what is due is sent.</summary>
internal sealed partial class WebhookWork(
    WebhookFollower follower, WebhookOutbox outbox, WebhookSender sender, WebhookSettings settings, TimeProvider clock, ILogger<WebhookWork> logger) : BackgroundService
{
    /// <summary>How long a message belongs to whoever took it: longer than an attempt can last.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private const int RoundsPerThoroughRound = 60;
    private const int RoundsPerPruning = 3600;

    // Then the lane is free for another webhook; at once after a message that was not received promptly.
    private const int MostInARow = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly WebhookLanes _lanes = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>One round, and all that it and those before it began to send.</summary>
    internal async Task FinishAsync(CancellationToken ct)
    {
        await RoundAsync(thorough: true, ct);
        await Task.WhenAll(_running.Keys).WaitAsync(ct);
    }

    internal Task PruneAsync(CancellationToken ct) =>
        outbox.PruneAsync(Identifiers.First(WebhookDelivery.IdPrefix, clock.GetUtcNow() - settings.LogKept), WebhookOutbox.MostKept, ct);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // What is cut off here is sent again.
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Keys);
    }

    public override void Dispose()
    {
        _turn.Dispose();
        _stopping.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rounds = 0;
        async Task RoundAsync(CancellationToken ct)
        {
            var count = rounds++;
            await this.RoundAsync(count % RoundsPerThoroughRound == 0, ct);
            if (count % RoundsPerPruning == 0)
            {
                await PruneAsync(ct);
            }
        }

        // The trail and the outbox hold what was not done; the next round does it.
        return Rounds.RunAsync(Interval, clock, RoundAsync, e => Log.Failed(logger, e), stoppingToken);
    }

    private async Task RoundAsync(bool thorough, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await follower.FollowAsync(thorough, ct);
            var due = (await outbox.DueAsync(clock.GetStoredNow(), ct)).ToArray();
            RandomNumberGenerator.Shuffle<(string Id, string OrganizationId)>(due); // where lanes are short, nobody is always the last
            foreach (var (id, organizationId) in due)
            {
                while (_lanes.TryTake(id, organizationId) is { } lane)
                {
                    Begin(lane);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Begin(WebhookLane lane)
    {
        var running = Task.Run(() => RunAsync(lane), CancellationToken.None);
        _running.TryAdd(running, true);
        running.ContinueWith(ended => _running.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunAsync(WebhookLane lane)
    {
        var ct = _stopping.Token;
        bool? prompt = null;
        try
        {
            for (var count = 0; count < MostInARow && prompt is not false; count++)
            {
                var now = clock.GetStoredNow();
                if (await outbox.TryTakeAsync(lane.WebhookId, now, now + Lease, ct) is not { } message)
                {
                    return;
                }

                prompt = await sender.SendAsync(message, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The process ends; the message waits for the end of its lease.
        }
        catch (Exception e)
        {
            prompt = false;
            Log.NotSent(logger, lane.WebhookId, e);
        }
        finally
        {
            _lanes.Return(lane, prompt);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What webhooks are to be told could not be found out.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "What came of a message to the webhook {WebhookId} could not be found out.")]
        public static partial void NotSent(ILogger logger, string webhookId, Exception exception);
    }
}
