using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Http;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Policies;

/// <summary>A decision's whole input, as its event keeps it, so that it can be made again.</summary>
internal static class DecisionRecord
{
    /// <summary>How the detail of every recorded decision begins.</summary>
    public const string Mark = "{\"decision\":";

    /// <summary>One name for the same action by the same caller for the same person at the same API: whoever reuses an id for something else is counted again.</summary>
    /// <param name="enforcer">Who asks: the ids of two APIs are not told apart by what they stand for.</param>
    public static string ActionOf(PolicyInput input, string? enforcer, string actionId)
    {
        string?[] parts =
        [
            enforcer, input.OrganizationId, input.AgentId, input.ClientId, input.UserId, actionId, input.Resource, input.Amount?.ToString(CultureInfo.InvariantCulture),
            input.Currency, .. input.Required.Order(StringComparer.Ordinal),

            // The same again with a new token is no other action; of something else, or under another delegation, it is.
            .. input.Limits.Select(take => $"{(take.Kind == LimitKind.MaxLifetime ? take.Counted : take.Key)}={take.Amount.ToString(CultureInfo.InvariantCulture)}"),
        ];
        return Handle.ReferenceId(JsonSerializer.Serialize(parts));
    }

    /// <summary>The template with everything but the outcome.</summary>
    /// <param name="enforcer">Who asks, by the name that the trail has for it.</param>
    public static AuditEvent Describe(PolicyInput input, string? enforcer, string? action, AuditEvent template) => template with
    {
        OrganizationId = input.OrganizationId.Length == 0 ? null : input.OrganizationId,
        AgentId = input.AgentId,
        ClientId = template.ClientId ?? input.ClientId,
        Subject = input.UserId ?? template.Subject,
        Scope = string.Join(' ', input.Required),
        Address = input.Address?.ToString() ?? template.Address,
        Detail = Encoding.UTF8.GetString(OAuthResponse.Serialize((input, enforcer, action), static (json, said) => Write(json, said.input, said.enforcer, said.action)).Span),
    };

    private static void Write(Utf8JsonWriter json, PolicyInput input, string? enforcer, string? action)
    {
        json.WriteStartObject();
        json.WriteStartObject("decision"u8);
        WriteList(json, "asked", input.Required);
        WriteList(json, "granted", input.Granted);
        WriteRisks(json, input);
        WriteText(json, "userId", input.UserId);
        WriteText(json, "clientId", input.ClientId);
        WriteText(json, "agentType", input.AgentType);
        WriteText(json, "trustLevel", input.TrustLevel);
        WriteText(json, "resource", input.Resource is { } resource ? AuditDetail.Mask(resource) : null);
        WriteText(json, "currency", input.Currency);
        WriteText(json, "action", action);
        if (input.Amount is { } amount)
        {
            json.WriteNumber("amount"u8, amount);
        }

        if (input.GrantedAt is { } grantedAt)
        {
            json.WriteString("grantedAt"u8, grantedAt.ToUniversalTime());
        }

        // The address itself stands in a column of its own, from which it can be erased.
        json.WriteBoolean("addressKnown"u8, input.Address is not null);
        json.WriteEndObject();
        WriteText(json, "enforcer", enforcer);
        json.WriteEndObject();
    }

    private static void WriteRisks(Utf8JsonWriter json, PolicyInput input)
    {
        json.WriteStartObject("risks"u8);
        foreach (var action in input.Required.Distinct(StringComparer.Ordinal))
        {
            if (input.Risk(action) is { } risk)
            {
                json.WriteNumber(action, (int)risk);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    /// <summary>The input of a recorded decision, and its action's name.</summary>
    /// <param name="address">The event's; null: it was erased, or there was none.</param>
    public static (PolicyInput Input, string? Action) Read(string detail, string organizationId, string? agentId, string? address, DateTimeOffset at)
    {
        using var document = JsonDocument.Parse(detail);
        var decision = document.RootElement.GetProperty("decision");
        string? Text(string name) => decision.TryGetProperty(name, out var value) ? value.GetString() : null;
        string[] Texts(string name) => [.. decision.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
        var risks = decision.GetProperty("risks").EnumerateObject().ToDictionary(risk => risk.Name, risk => (RiskLevel)risk.Value.GetInt32(), StringComparer.Ordinal);
        var input = new PolicyInput
        {
            Now = at,
            OrganizationId = organizationId,
            AgentId = agentId,
            AgentType = Text("agentType"),
            TrustLevel = Text("trustLevel"),
            UserId = Text("userId"),
            ClientId = Text("clientId"),
            Granted = Texts("granted"),
            Required = Texts("asked"),
            Risk = action => risks.TryGetValue(action, out var risk) ? risk : null,
            Resource = Text("resource"),
            Address = decision.GetProperty("addressKnown").GetBoolean() && IPAddress.TryParse(address, out var known) ? known : null,
            GrantedAt = decision.TryGetProperty("grantedAt", out var grantedAt) ? grantedAt.GetDateTimeOffset() : null,
            Amount = decision.TryGetProperty("amount", out var amount) ? amount.GetDecimal() : null,
            Currency = Text("currency"),
        };
        return (input, Text("action"));
    }
}
