using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Agents.Claims;

/// <summary>The end of agents that nobody claimed in time. Their own keys end at the moment itself; this ends the rest, within a minute.</summary>
internal sealed partial class UnclaimedExpiry(UnclaimedEndings endings, ApplicationDirectory applications, TimeProvider clock, ILogger<UnclaimedExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // As long as the tokens of others are kept.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    internal async Task RunAsync(DateTimeOffset now, CancellationToken ct)
    {
        while (await endings.OverdueAsync(now, ct) is { Count: > 0 } overdue)
        {
            foreach (var agent in overdue)
            {
                foreach (var clientId in await endings.EndAsync(agent, AgentApplication.NewVersion(), Event(agent, now), ct))
                {
                    applications.Forget(clientId);
                }
            }
        }

        await endings.DeleteAsync(now - Kept, ct);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(Interval, clock, ct => RunAsync(clock.GetStoredNow(), ct), e => Log.Failed(logger, e), stoppingToken);

    private static AuditEvent Event(OverdueAgent agent, DateTimeOffset now) => AuditEvent.Of(AgentEvents.Unclaimed, AuditOutcomes.Success, now) with
    {
        ClientId = agent.ClientId,
        AgentId = agent.AgentId,
        OrganizationId = agent.OrganizationId,
        Target = agent.AgentId,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Ending agents that nobody claimed failed.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
