using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Policies;

/// <summary>What this room leaves in the trail.</summary>
public static class PolicyEvents
{
    public const string Created = "policy.created";
    public const string Updated = "policy.updated";
    public const string Deleted = "policy.deleted";

    /// <summary>A decision that was asked for through AuthZEN.</summary>
    public const string AccessEvaluated = "access.evaluated";

    internal static AuditEventRow Of(string type, HttpContext http, Developer developer, PolicyItem policy, DateTimeOffset now) =>
        AuditEventRow.From(http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            AgentId = policy.AgentId,
            OrganizationId = developer.OrganizationId,
            PolicyId = policy.Id,
            Target = policy.Id,
            Detail = JsonSerializer.Serialize(new Details(developer.KeyId, policy), ApiJson.Options),
        });

    /// <param name="Key">The developer key that it was done with.</param>
    /// <param name="Policy">As it is afterwards, or was last.</param>
    private sealed record Details(string? Key, PolicyItem Policy);
}
