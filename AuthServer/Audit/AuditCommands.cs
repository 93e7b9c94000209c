using System.CommandLine;
using System.Globalization;
using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Audit;

/// <summary><c>audit verify</c>: 0 when the trail is as it was written, 1 when it is not, 2 when nobody can say.</summary>
public static class AuditCommands
{
    public const int Broken = 1;
    public const int Unverifiable = 2;

    /// <param name="services">The server's services with the database ready; the host need not run and the keys need not be open.</param>
    public static Command Create(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var verify = new Command("verify", "Reads the whole audit trail and says whether it is as it was written; else it names the first broken record.");
        verify.SetAction(async (parsed, ct) =>
        {
            var provider = await services(ct);
            var output = parsed.InvocationConfiguration.Output;
            foreach (var fault in await provider.GetRequiredService<KeyStart>().OpenForReadingAsync(ct))
            {
                await output.WriteLineAsync(fault);
            }

            var report = await provider.GetRequiredService<AuditVerification>().RunAsync(ct);
            await output.WriteLineAsync(Describe(report));
            return report.Faults.Count > 0 ? Broken : IsProven(report) ? 0 : Unverifiable;
        });
        return new Command("audit", "The audit trail.") { verify };
    }

    /// <summary>At the end of any command: what it told the trail comes under a checkpoint. Where the keys do not open, the server's next
    /// start makes one.</summary>
    public static async Task CloseAsync(IServiceProvider services, CancellationToken ct)
    {
        if (services.GetRequiredService<AuditLanes>().Heads().Count > 0
            && (services.GetRequiredService<CheckpointSigner>().CanSign || await services.OpenKeysAsync(ct) is { Count: 0 }))
        {
            await services.GetRequiredService<Checkpoints>().WriteAsync(ct);
        }
    }

    private static bool IsProven(VerificationReport report) => report.Unverifiable == 0 && report.Overdue == 0 && report.IsVouchedFor;

    private static string Describe(VerificationReport report)
    {
        List<string> lines = [string.Create(CultureInfo.InvariantCulture, $"{report.Events} events in {report.Chains} chains, {report.Checkpoints} checkpoints.")];
        Add(report.Stubs, "events were pruned and only keep their place.");
        Add(report.Erased, "events had their personal values erased.");
        Add(report.Uncovered, "events are newer than the last checkpoint of their chain.");
        Add(report.Overdue, "of them should be under one by now: the process that wrote them was killed, or somebody else wrote them. The next start will tell.");
        Add(report.Unverifiable, "checkpoints cannot be verified: they were signed by keys that are no longer known, and no later checkpoint names them.");
        if (!report.IsVouchedFor)
        {
            lines.Add("No checkpoint vouches for any of it.");
        }

        lines.Add(report.Faults.Count > 0 ? "The trail is BROKEN. The first broken records:"
            : IsProven(report) ? "The trail is as it was written." : "Nothing is broken as far as it can be verified.");
        lines.AddRange(report.Faults.Select(fault => $"  {fault}"));
        return string.Join(Environment.NewLine, lines);

        void Add(long count, string what)
        {
            if (count > 0)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}"));
            }
        }
    }
}
