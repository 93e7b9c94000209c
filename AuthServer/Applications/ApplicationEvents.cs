using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Applications;

/// <summary>What happens to organizations' applications, in the words of the trail; others are among <see cref="AuditEventTypes"/>.</summary>
public static class ApplicationEvents
{
    public const string Disabled = "client.disabled";
    public const string Enabled = "client.enabled";
    public const string SecretRotated = "client.secret_rotated";

    internal static AuditEvent Of(string type, HttpContext http, Developer developer, OpenIddictApplication row, DateTimeOffset now) => http.Event(type, AuditOutcomes.Success, now) with
    {
        Subject = developer.UserId,
        ClientId = row.ClientId,
        OrganizationId = developer.OrganizationId,
        Target = row.ClientId,
        Detail = developer.Known?.Detail,
    };
}
