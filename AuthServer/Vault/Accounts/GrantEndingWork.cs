using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Outbound;
using AuthServer.Protocol.State;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Secrets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Accounts;

/// <summary>Takes grants back whose accounts are gone, again and again until the provider has heard of it, and for three days at most. Of several nodes, one does.</summary>
internal sealed partial class GrantEndingWork(
    ClosedVaults closed, GrantEndingChanges changes, OutboundRequests requests, VaultSeal seal, TimeProvider clock, ILogger<GrantEndingWork> logger) : BackgroundService
{
    private const int MostAtOnce = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(3);

    internal async Task RoundAsync(CancellationToken ct)
    {
        await closed.RoundAsync(ct);
        var now = clock.GetStoredNow();
        foreach (var ending in await changes.ClaimAsync(now, now + FirstPause, MostAtOnce, ct))
        {
            var done = await EndAsync(ending);
            if (done || now - ending.CreatedAt >= GivenUpAfter)
            {
                await changes.TryDeleteAsync(ending.Id, EventOf(ending, done, now), CancellationToken.None);
            }
            else
            {
                var pause = FirstPause * Math.Pow(2, Math.Min(ending.Attempts, 10));
                await changes.LaterAsync(ending.Id, now + (pause < LongestPause ? pause : LongestPause), CancellationToken.None);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, RoundAsync, e => Log.Failed(logger, e), stoppingToken);

    private async Task<bool> EndAsync(GrantEnding ending)
    {
        if (!seal.TryOpen(ending.Calls, ending.CallsPlace, out var plain, out _) || JsonSerializer.Deserialize<EndingCalls>(plain) is not { } ended)
        {
            return false;
        }

        var done = true;
        foreach (var call in ended.Calls)
        {
            var request = new OutboundCall { Method = call.Method, Address = call.Address, Headers = call.Headers, Body = call.Body, ContentType = call.ContentType };
            done &= RevocationCalls.IsDone(ended.Rules, await requests.SendAsync(request, CancellationToken.None));
        }

        return done;
    }

    private static AuditEvent EventOf(GrantEnding ending, bool done, DateTimeOffset now) => AuditEvent.Of(AccountEvents.Revoked, done ? AuditOutcomes.Success : AuditOutcomes.Denied, now) with
    {
        OrganizationId = ending.OrganizationId,
        Target = ending.AccountId,
        Reason = done ? "account_gone" : "provider_unreachable",
        Detail = JsonSerializer.Serialize(new { Connection = ending.ConnectionId, Provider = ending.ProviderId }, ApiJson.Options),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Grants of accounts that are gone could not be taken back.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
