using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;

namespace AuthServer.Notices;

/// <summary>What notices leave in the trail, and by it tell webhooks.</summary>
public static class ExpiryEvents
{
    public const string Expiring = "credential.expiring";

    internal static AuditEvent Of(ExpiringCredential credential, int days, DateTimeOffset now) => AuditEvent.Of(Expiring, AuditOutcomes.Success, now) with
    {
        AgentId = credential.AgentId,
        OrganizationId = credential.OrganizationId,
        Target = credential.Id,
        CorrelationId = "expiry",
        Detail = JsonSerializer.Serialize(new Details(JsonNamingPolicy.SnakeCaseLower.ConvertName(credential.Kind.ToString()), days, credential.ExpiresAt), ApiJson.Options),
    };

    /// <param name="Days">Of which notice it is: 1, 7 or 30.</param>
    private sealed record Details(string Kind, int Days, DateTimeOffset ExpiresAt);
}
