using System.Net;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine.Rules;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Policies.AuthZen;

/// <summary>Reads a question and notes what is wrong with it.</summary>
/// <param name="defaults">Stands in for each part that the request leaves out (AuthZEN §7.1.1).</param>
internal sealed class QuestionReader(JsonElement request, JsonElement defaults, Faults faults)
{
    private const int LongestType = 100;
    private const int LongestId = 300;

    /// <summary>Null: there are faults.</summary>
    public AccessQuestion? Read(AccessPart searched)
    {
        var (subject, resource, context) = (Part("subject", true), Part("resource", true), Part("context", false));
        var action = searched == AccessPart.Action ? default : Part("action", true);
        if (faults.Problem is not null)
        {
            return null;
        }

        var (subjectProperties, actionProperties) = (Properties("subject", subject), Properties("action", action));
        var question = new AccessQuestion
        {
            SubjectType = Text("subject.type", subject, "type", LongestType, true) ?? "",
            SubjectId = searched == AccessPart.Subject ? null : Text("subject.id", subject, "id", LongestId, true),
            AgentId = Either(context, subjectProperties, "agent_id", "agentId"),
            UserId = Either(context, subjectProperties, "user_id", "userId"),
            Action = searched == AccessPart.Action ? null : Text("action.name", action, "name", LongestId, true),
            ResourceType = Text("resource.type", resource, "type", LongestType, true) ?? "",
            ResourceId = searched == AccessPart.Resource ? null : Text("resource.id", resource, "id", LongestId, true),
            Address = ReadAddress(Either(context, subjectProperties, "ip", "ip_address")),
            Amount = Amount("context.amount", context) ?? Amount("action.properties.amount", actionProperties),
            Currency = Either(context, actionProperties, "currency", "currency"),
            ActionId = Either(context, actionProperties, "action_id", "actionId"),
        };

        // Names of types end at the colon by which policies write them.
        faults.Add("resource.type", question.ResourceType.Contains(':') ? "A type has no colon." : null);
        faults.Add("action.name", question.Action is null || ScopeNames.IsOne(question.Action) ? null : "An action is named as a scope is.");
        return faults.Problem is null ? question : null;
    }

    private JsonElement Part(string name, bool required)
    {
        if (!request.TryGetProperty(name, out var part) && !(defaults.ValueKind == JsonValueKind.Object && defaults.TryGetProperty(name, out part)))
        {
            faults.Add(name, required ? "This is required." : null);
            return default;
        }

        faults.Add(name, part.ValueKind == JsonValueKind.Object ? null : "Give an object.");
        return part;
    }

    private JsonElement Properties(string name, JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("properties", out var properties))
        {
            return default;
        }

        faults.Add($"{name}.properties", properties.ValueKind == JsonValueKind.Object ? null : "Give an object.");
        return properties;
    }

    private string? Either(JsonElement context, JsonElement properties, string name, string other) =>
        Text($"context.{name}", context, name, LongestId, false) ?? Text($"context.{other}", context, other, LongestId, false)
        ?? Text($"properties.{name}", properties, name, LongestId, false) ?? Text($"properties.{other}", properties, other, LongestId, false);

    private string? Text(string path, JsonElement parent, string name, int longest, bool required)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var member))
        {
            faults.Add(path, required ? "This is required." : null);
            return null;
        }

        var text = member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        faults.Add(path, text is { Length: > 0 } && text.Length <= longest && !text.Any(char.IsControl) ? null : $"Give a string of 1 to {longest} characters.");
        return text;
    }

    private IPAddress? ReadAddress(string? text)
    {
        IPAddress? address = null;
        faults.Add("context.ip", text is null || Network.TryAddress(text, out address) ? null : "This is no IP address.");
        return address;
    }

    private decimal? Amount(string path, JsonElement parent)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty("amount", out var member))
        {
            return null;
        }

        var amount = 0m;
        faults.Add(path, member.ValueKind == JsonValueKind.Number && member.TryGetDecimal(out amount) ? null : "Give a number.");
        return amount;
    }
}
