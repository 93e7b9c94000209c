using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AuthServer.Applications;

/// <summary>What we know of an application beyond OpenIddict's columns: one property, <c>authserver</c>, of its <c>Properties</c> object.</summary>
public sealed record ApplicationExtras
{
    private const string Property = "authserver";

    /// <summary>Who made it where it was not a person: <c>configuration</c> or <c>demo</c>; then it is read-only elsewhere.</summary>
    public string? Source { get; init; }

    /// <summary>How the client came to be known; null: it was entered.</summary>
    public string? Introduction { get; init; }

    /// <summary>Where its public keys are, when they are not in its row.</summary>
    public string? JsonWebKeySetUri { get; init; }

    /// <summary>Of an agent that proves itself otherwise: its public keys, which tokens are bound to and which prove nothing. Not in its row, where they
    /// would be credentials for whoever reads it.</summary>
    public string? BindingKeys { get; init; }

    /// <summary>The API key, <c>key_…</c>, that set <see cref="BindingKeys"/>, which go when it ends; null: they came with the agent.</summary>
    public string? BindingKeysSetBy { get; init; }

    /// <summary>The same without keys that tokens are bound to.</summary>
    internal ApplicationExtras Unbound() => this with { BindingKeys = null, BindingKeysSetBy = null };

    /// <summary>The hash of the token by which it manages its registration (RFC 7592); null: nobody does.</summary>
    public string? RegistrationToken { get; init; }

    public bool Disabled { get; init; }

    /// <summary>When an administrator of the server disabled it; null: nobody did, or it is not known when.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>That an administrator of the server removed it, and not the organization whose it was.</summary>
    public bool RemovedByAdministrator { get; init; }

    /// <summary>When it ended its own registration (RFC 7592), for good; null: it did not.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>The resources it is.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    public string? AuthenticationMethod { get; init; }

    /// <summary>RFC 9449 §5.2: it never gets a bearer token.</summary>
    public bool RequiresDPoP { get; init; }

    public string? IdTokenAlgorithm { get; init; }

    public TimeSpan? RefreshIdle { get; init; }

    public TimeSpan? RefreshAbsolute { get; init; }

    public TimeSpan? RefreshGrace { get; init; }

    public static ApplicationExtras Read(string? properties) =>
        properties is not null && JsonNode.Parse(properties)?[Property] is { } own
            ? own.Deserialize(ApplicationJson.Default.ApplicationExtras) ?? new ApplicationExtras()
            : new ApplicationExtras();

    /// <summary>Other properties, which are not ours, stay as they are.</summary>
    public string WriteTo(string? properties)
    {
        var all = properties is null ? [] : JsonNode.Parse(properties) as JsonObject ?? [];
        all[Property] = JsonSerializer.SerializeToNode(this, ApplicationJson.Default.ApplicationExtras);
        return all.ToJsonString();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ApplicationExtras))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ApplicationJson : JsonSerializerContext;
