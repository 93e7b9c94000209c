using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>What people do at the provider before it can be connected.</summary>
[SnakeCase]
public sealed record ProviderSetup
{
    /// <summary>Where an app is registered.</summary>
    public string? AppUrl { get; init; }

    /// <summary>Where an API key is made.</summary>
    public string? KeyUrl { get; init; }

    /// <summary>The provider's own guide.</summary>
    public string? DocumentationUrl { get; init; }

    /// <summary>Where a person takes back what they agreed to.</summary>
    public string? RevokeUrl { get; init; }

    /// <summary>What to do there, in this order, each in one sentence.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>The same for an API key; empty: where there is no OAuth, <see cref="Steps"/> say it.</summary>
    public IReadOnlyList<string> KeySteps { get; init; } = [];

    /// <summary>What the provider calls the place where our callback address is entered.</summary>
    public string CallbackLabel { get; init; } = "Redirect URI";

    public string ClientIdLabel { get; init; } = "Client ID";

    public string ClientSecretLabel { get; init; } = "Client secret";

    /// <summary>What is easily overlooked, each in one or two sentences.</summary>
    public IReadOnlyList<string> Cautions { get; init; } = [];
}

/// <summary>What a new connection begins with.</summary>
[SnakeCase]
public sealed record ProviderTemplate
{
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public TemplateSettings Settings { get; init; } = new();
}

[SnakeCase]
public sealed record TemplateSettings
{
    public bool? AutoRefresh { get; init; }

    /// <summary>Calls per minute and connection.</summary>
    public int? RateLimit { get; init; }

    /// <summary>Seconds.</summary>
    public int? Timeout { get; init; }
}
