using System.Text.Json.Serialization;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>All that this server knows of a provider: how its accounts are linked, how their tokens live, how its API is called. The shipped ones and those of
/// organizations have this one form, as JSON: members in snake_case, unknown ones refused, what is not said left out. A member named <c>…Path</c>, and those of
/// <see cref="TokenAnswer"/>, are read by <see cref="ValuePath"/>; texts with <c>{name}</c> in them are filled by <see cref="Placeholders"/>.</summary>
[SnakeCase]
public sealed record Provider
{
    /// <summary>Lower-case letters, digits and <c>_</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>As people know it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is listed under: one word, such as <c>communication</c>.</summary>
    public string Category { get; init; } = "";

    /// <summary>What it is, in one line.</summary>
    public string? Description { get; init; }

    /// <summary>The family whose accounts and apps it shares: <c>google</c> or <c>microsoft</c>; for shipped ones only.</summary>
    public string? Family { get; init; }

    /// <summary>Null: accounts cannot be linked by OAuth.</summary>
    public OAuthRules? Oauth { get; init; }

    /// <summary>Null: it has no API keys.</summary>
    public ApiKeyRules? ApiKey { get; init; }

    public ApiRules Api { get; init; } = new();

    /// <summary>What a connection or an account says beside its credential.</summary>
    public IReadOnlyList<ConnectionField> Fields { get; init; } = [];

    public ProviderSetup Setup { get; init; } = new();

    /// <summary>What agents can do there without knowing its API.</summary>
    public IReadOnlyList<ProviderTool> Tools { get; init; } = [];

    public ProviderTemplate Template { get; init; } = new();

    /// <summary>The ways to connect it, the usual one first.</summary>
    [JsonIgnore]
    public IReadOnlyList<AuthType> AuthTypes { get; private init; } = [];

    /// <summary>Where its calls go by an API key.</summary>
    [JsonIgnore]
    public string KeyBaseUrl => ApiKey?.BaseUrl ?? Api.BaseUrl;

    /// <summary>Whether it comes with the server.</summary>
    [JsonIgnore]
    public bool IsShipped { get; private init; }

    /// <summary>Whether people of all connections are sent to the same, known server. Else each connection has a callback address of its own (RFC 9700 §4.4.2.1),
    /// so that one server cannot pass off another's answer as its own.</summary>
    [JsonIgnore]
    public bool HasFixedEndpoints =>
        IsShipped && Oauth is { } oauth && !Placeholders.OfHost(oauth.Authorize.Url).Any() && !Placeholders.OfHost(oauth.Token.Url ?? "").Any();

    public ConnectionField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);

    internal Provider AsShipped() => this with { IsShipped = true };

    internal Provider WithAuthTypes() => this with
    {
        AuthTypes = [.. Oauth is null ? Array.Empty<AuthType>() : [AuthType.Oauth2], .. ApiKey is null ? Array.Empty<AuthType>() : [AuthType.ApiKey]],
    };
}

/// <summary>How a connection authenticates.</summary>
public enum AuthType
{
    Oauth2,
    ApiKey,
}
