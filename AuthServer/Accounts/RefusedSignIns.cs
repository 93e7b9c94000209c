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
        var now = clock.GetUtcNow();
        if (user is null)
        {
            refusals.Count("sign_in", http.Address(), now);
            await refusals.FlushAsync(ct);
            return;
        }

        context.AuditEvents.Add(AuditEventRow.From(http.Event(AuditEventTypes.UserSignInRefused, AuditOutcomes.Denied, now) with
        {
            Subject = user.Id,
            Target = user.Id,
            Reason = user.Disabled ? "disabled" : "password",
        }));
        await context.SaveChangesAsync(ct);
    }
}
