using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>Refused sign-ins in the trail: of a known person as an event, of anybody else as a count. Both take one commit,
/// so that the time of the answer does not tell which it was.</summary>
public sealed class RefusedSignIns(Refusals refusals, TimeProvider clock)
{
    public async Task RecordAsync(HttpContext http, AuthDbContext context, User? user, CancellationToken ct)
    {
        if (user is null)
        {
            refusals.Count("sign_in", http.Network(), clock.GetUtcNow());
            await refusals.FlushAsync(ct);
            return;
        }

        await RecordAsync(http, context, user, user.Disabled ? "disabled" : "password", ct);
    }

    /// <param name="reason">Why it was refused, of a known person.</param>
    public async Task RecordAsync(HttpContext http, AuthDbContext context, User user, string reason, CancellationToken ct)
    {
        Add(http, context, user, reason);
        await context.SaveChangesAsync(ct);
    }

    /// <summary>The same, for the caller to save.</summary>
    public void Add(HttpContext http, AuthDbContext context, User user, string reason) =>
        context.AuditEvents.Add(AuditEventRow.From(http.Event(AuditEventTypes.UserSignInRefused, AuditOutcomes.Denied, clock.GetUtcNow()) with
        {
            Subject = user.Id,
            Target = user.Id,
            Reason = reason,
        }));
}
