using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>Refusals of clients that proved who they are go to the trail, with the reason that the wire does not tell.
/// A public client proves nothing, so its refusals are only counted: anybody could fill the disk in its name.</summary>
public sealed class RefusalTrail(IAuditTrail trail, TimeProvider clock)
{
    public Task AppendAsync(HttpContext http, Client client, OAuthError error, string what, CancellationToken ct) =>
        client.IsPublic
            ? Task.CompletedTask
            : trail.AppendAsync(
                http.Event(AuditEventTypes.TokenRefused, AuditOutcomes.Denied, clock.GetUtcNow()) with
                {
                    ClientId = client.ClientId,
                    AgentId = client.Agent?.Id,
                    OrganizationId = client.Agent?.OrganizationId ?? client.Organization?.Id,
                    Target = what.Length <= 100 ? what : null,
                    Reason = error.Reason ?? error.Code,
                },
                ct);
}
