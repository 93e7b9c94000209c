using System.Globalization;
using System.Text.Json;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Approvals;

/// <summary>What an agent is about to do, of which a policy says that a person has to approve it.</summary>
/// <param name="Policies">Those that ask; the first decided.</param>
/// <param name="Enforcer">Who asked the policies: two APIs can call different things by one name.</param>
public sealed record ApprovalAsk(PolicyInput Input, ApprovableAct Act, IReadOnlyList<Policy> Policies, string? Enforcer)
{
    /// <summary>The person who answers; null: the organization's developers.</summary>
    public string? DeciderId => Act.IsOfOrganization ? null : Input.UserId;

    public string AgentId => Input.AgentId!;

    /// <summary>One name for exactly this: an answer fits nothing else. A policy that was changed asks anew.</summary>
    public string Digest { get; } = Handle.ReferenceId("approval:" + JsonSerializer.Serialize(Parts(Input, Act, Policies, Enforcer)));

    private static IReadOnlyList<string?>[] Parts(PolicyInput input, ApprovableAct act, IReadOnlyList<Policy> policies, string? enforcer) =>
    [
        [input.OrganizationId, input.AgentId, input.ClientId, input.UserId, enforcer, act.IsOfOrganization ? "organization" : "person"],
        [act.AuthorizationId, input.GrantedAt?.UtcTicks.ToString(CultureInfo.InvariantCulture), .. act.Delegations],
        [.. input.Required.Order(StringComparer.Ordinal)],
        [input.Resource, act.Target, act.AlsoRead, act.AccountId, act.TokenKind],
        [input.Amount?.ToString("G29", CultureInfo.InvariantCulture), input.Currency],
        [.. (act.Details ?? new Dictionary<string, JsonElement>()).OrderBy(detail => detail.Key, StringComparer.Ordinal).SelectMany(detail => new[] { detail.Key, Canonical(detail.Value) })],
        [.. policies.Select(policy => $"{policy.Id}@{policy.Version}").Order(StringComparer.Ordinal)],
    ];

    // Members in another order, and white space, are no other act.
    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{JsonSerializer.Serialize(member.Name)}:{Canonical(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Canonical))}]",
        JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
        _ => value.GetRawText(),
    };
}
