using System.Globalization;
using System.Text;
using System.Text.Json;
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

    /// <summary>One name for the same action by the same caller for the same person: whoever reuses an id for something else is counted again.</summary>
    public static string ActionOf(PolicyInput input, string actionId)
    {
        string?[] parts =
        [
            input.OrganizationId, input.AgentId, input.ClientId, input.UserId, actionId, input.Resource, input.Amount?.ToString(CultureInfo.InvariantCulture),
            input.Currency, .. input.Required.Order(StringComparer.Ordinal),
        ];
        return Handle.ReferenceId(JsonSerializer.Serialize(parts));
    }

    /// <summary>The template with everything but the outcome.</summary>
    public static AuditEvent Describe(PolicyInput input, string? action, AuditEvent template) => template with
    {
        OrganizationId = input.OrganizationId,
        AgentId = input.AgentId,
        ClientId = template.ClientId ?? input.ClientId,
        Subject = input.UserId ?? template.Subject,
        Scope = string.Join(' ', input.Required),
        Address = input.Address?.ToString() ?? template.Address,
        Detail = Encoding.UTF8.GetString(OAuthResponse.Serialize((input, action, template.Detail), static (json, said) => Write(json, said.input, said.action, said.Detail)).Span),
    };

    private static void Write(Utf8JsonWriter json, PolicyInput input, string? action, string? more)
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
        WriteText(json, "resource", input.Resource);
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
        WriteMembers(json, more);
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

    /// <summary>What the caller adds of its own.</summary>
    private static void WriteMembers(Utf8JsonWriter json, string? more)
    {
        if (more is null)
        {
            return;
        }

        using var document = JsonDocument.Parse(more);
        foreach (var member in document.RootElement.EnumerateObject().Where(member => member.Name != "decision"))
        {
            member.WriteTo(json);
        }
    }
}
