using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Delegation;

/// <summary>What one hop may do: the <c>agent_delegation</c> object of its <c>authorization_details</c> (RFC 9396).</summary>
/// <param name="Scopes">Of the forms of <see cref="DelegationScopes"/>; none: nothing.</param>
public sealed record Authority(IReadOnlyList<string> Scopes, Constraints Constraints)
{
    public const string DetailType = "agent_delegation";

    private static readonly string[] Members = ["type", "scopes", "constraints"];

    /// <summary>Whether every scope of the child is covered by one of the parent's, and its constraints are as narrow.</summary>
    public static bool IsNarrower(Authority parent, Authority child) =>
        child.Scopes.All(scope => parent.Covers(scope)) && Constraints.IsNarrower(parent.Constraints, child.Constraints);

    public bool Covers(string scope) => Scopes.Any(held => DelegationScopes.Covers(held, scope));

    /// <param name="details">The whole claim, an array of exactly one object. Its text is sound: no duplicate member, no string that is no text.</param>
    internal static bool TryRead(JsonElement details, [NotNullWhen(true)] out Authority? authority, [NotNullWhen(false)] out string? fault)
    {
        authority = null;
        // A detail that were skipped would be one that nobody had checked.
        if (details.ValueKind != JsonValueKind.Array || details.GetArrayLength() != 1 || details[0] is not { ValueKind: JsonValueKind.Object } detail
            || !detail.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals(DetailType))
        {
            fault = $"\"authorization_details\" is not one object of the type {DetailType}.";
            return false;
        }

        if (detail.EnumerateObject().Any(member => !Members.Contains(member.Name)))
        {
            fault = $"The {DetailType} has a member other than type, scopes and constraints.";
            return false;
        }

        if (!detail.TryGetProperty("scopes", out var array) || array.ValueKind != JsonValueKind.Array
            || !array.EnumerateArray().All(scope => scope.ValueKind == JsonValueKind.String && DelegationScopes.IsValid(scope.GetString()!)))
        {
            fault = "\"scopes\" is not an array of valid scopes.";
            return false;
        }

        var constraints = Constraints.None;
        if (detail.TryGetProperty("constraints", out var bounds) && !Constraints.TryRead(bounds, out constraints, out fault))
        {
            return false;
        }

        (authority, fault) = (new Authority([.. array.EnumerateArray().Select(scope => scope.GetString()!)], constraints!), null);
        return true;
    }

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray("authorization_details");
        json.WriteStartObject();
        json.WriteString("type", DetailType);
        JwtJson.WriteList(json, "scopes", Scopes);
        json.WritePropertyName("constraints");
        Constraints.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
