using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Administration;

/// <summary>What an administrator does, as the trail tells it.</summary>
internal static class AdminEvent
{
    public static AuditEvent Of(HttpContext http, SignedInPerson administrator, string type, string target, DateTimeOffset now, string? reason = null) =>
        http.Event(type, AuditOutcomes.Success, now) with { Subject = administrator.Subject, Target = target, Reason = reason };
}
