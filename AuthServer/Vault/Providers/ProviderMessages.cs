using System.Text.Json.Serialization;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>A provider in a list.</summary>
[SnakeCase]
public record ProviderItem
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Category { get; init; } = "";

    public string? Description { get; init; }

    /// <summary>The family whose accounts and apps it shares.</summary>
    public string? Family { get; init; }

    /// <summary>The usual one first.</summary>
    public IReadOnlyList<AuthType> AuthTypes { get; init; } = [];

    public ProviderOrigin Origin { get; init; }

    /// <summary>Whether the installation has an OAuth app for it, so that none has to be registered.</summary>
    public bool SharedApp { get; init; }
}

/// <summary>Where a provider comes from: with the server, or from the organization itself.</summary>
public enum ProviderOrigin
{
    Shipped,
    Organization,
}

/// <summary>All of a provider: how it is connected, what can be asked for, and what has to be done there first.</summary>
[SnakeCase]
public sealed record ProviderDetail : ProviderItem, IVersioned
{
    /// <summary>In plain words; null where accounts are not linked by OAuth.</summary>
    public IReadOnlyList<ScopeItem>? Scopes { get; init; }

    public ScopePresets? Presets { get; init; }

    public SetupRequirements Setup { get; init; } = new();

    /// <summary>What a connection begins with.</summary>
    public TemplateItem Template { get; init; } = new();

    /// <summary>As a request would describe it.</summary>
    public Provider Definition { get; init; } = new();

    /// <summary>Of the organization's own.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Who changed it last, <c>usr_…</c></summary>
    public string? ChangedBy { get; init; }

    [JsonIgnore]
    public string? Version { get; init; }
}

/// <summary>What an account can be asked for.</summary>
[SnakeCase]
public sealed record ScopeItem
{
    public string Name { get; init; } = "";

    /// <summary>It is taken for the name as well.</summary>
    public string ShortName { get; init; } = "";

    /// <summary>What it allows.</summary>
    public string Words { get; init; } = "";

    public ScopeAccess Access { get; init; }

    /// <summary>Whether the provider, or its customer's administrator, looks at apps that ask for it.</summary>
    public bool Reviewed { get; init; }

    /// <summary>Whether it is asked for where a connection does not say.</summary>
    public bool Default { get; init; }
}

/// <summary>What has to be done at the provider, and what a connection then needs.</summary>
[SnakeCase]
public sealed record SetupRequirements
{
    /// <summary>Where an app is registered.</summary>
    public string? AppUrl { get; init; }

    /// <summary>Where an API key is made.</summary>
    public string? KeyUrl { get; init; }

    public string? DocumentationUrl { get; init; }

    /// <summary>Where people take back what they agreed to.</summary>
    public string? RevokeUrl { get; init; }

    /// <summary>The address to enter there.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Whether each connection has a callback address of its own, which it says once it is made.</summary>
    public bool CallbackOfConnection { get; init; }

    /// <summary>What the provider calls the place for it.</summary>
    public string? CallbackLabel { get; init; }

    public string? ClientIdLabel { get; init; }

    /// <summary>Null: there is none.</summary>
    public string? ClientSecretLabel { get; init; }

    /// <summary>What a connection says beside its credential.</summary>
    public IReadOnlyList<ConnectionField> Fields { get; init; } = [];

    /// <summary>The parts of an API key.</summary>
    public IReadOnlyList<KeyField> KeyFields { get; init; } = [];

    /// <summary>What to do there before accounts are linked; for an API key, where it is the only way.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>What to do there for an API key.</summary>
    public IReadOnlyList<string> KeySteps { get; init; } = [];

    public IReadOnlyList<string> Cautions { get; init; } = [];
}

/// <summary>A connection to begin with.</summary>
[SnakeCase]
public sealed record TemplateItem
{
    public string Provider { get; init; } = "";

    public AuthType AuthType { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public TemplateSettings Settings { get; init; } = new();
}
