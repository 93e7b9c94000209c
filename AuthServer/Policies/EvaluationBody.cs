using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuthServer.Policies;

/// <summary>A question to the policies: about scopes, or about one of six actions on a resource.</summary>
public sealed class EvaluationBody
{
    public string? AgentId { get; set; }

    /// <summary>The person whom the agent acts for; absent: it acts for itself, or for whoever has delegated to it.</summary>
    public string? UserId { get; set; }

    /// <summary>One scope; or <c>read write delete execute delegate admin</c>, which need a resource.</summary>
    public string? Action { get; set; }

    /// <summary>Several scopes at once.</summary>
    public IReadOnlyList<string?>? Actions { get; set; }

    /// <summary>A path such as <c>/api/v1/credentials</c>, or a name.</summary>
    public string? Resource { get; set; }

    public EvaluationContext? Context { get; set; }

    /// <summary>For developers: the answer says what each policy finds.</summary>
    public bool? Explain { get; set; }
}

/// <summary>The circumstances.</summary>
public sealed class EvaluationContext
{
    /// <summary>Where the agent would call from.</summary>
    public string? Ip { get; set; }

    public decimal? Amount { get; set; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; set; }

    /// <summary>When; absent: now. What limits have counted until now counts then as far as it still lies within their windows.</summary>
    public DateTimeOffset? Time { get; set; }

    /// <summary>Whatever else the API would say of the action: the constraints of delegations are held against it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}
