using AuthServer.Http.Api;

namespace AuthServer.Vault.Connections;

/// <summary>What a connection sets beside its credentials, all of it optional.</summary>
[SnakeCase]
public sealed record ConnectionSettings
{
    /// <summary>Whether tokens are refreshed ahead of their expiry.</summary>
    public bool AutoRefresh { get; init; } = true;

    /// <summary>Seconds before the expiry at which a token is refreshed; null: a fifth of its lifetime, five minutes at most.</summary>
    public int? RefreshBuffer { get; init; }

    /// <summary>Seconds that access tokens live, whatever the provider says; null: as it says.</summary>
    public int? TokenLifetime { get; init; }

    /// <summary>Seconds that one call may take.</summary>
    public int Timeout { get; init; } = 30;

    /// <summary>Calls per minute; null: no limit of ours.</summary>
    public int? RateLimit { get; init; }

    /// <summary>How often a call is repeated that failed and may be.</summary>
    public int Retries { get; init; } = 2;

    public string? UserAgent { get; init; }

    /// <summary>Sent with every call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The provider's fields, such as <c>tenant</c> or <c>host</c>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    public string? AuthorizationUrl { get; init; }

    public string? TokenUrl { get; init; }

    public string? BaseUrl { get; init; }

    public string? ApiVersion { get; init; }

    /// <summary>Where the provider sends people back to; null: this server's own callback.</summary>
    public string? RedirectUri { get; init; }

    /// <summary>Where people may be sent back to in the end, by the customer: compared exactly. The first is the default.</summary>
    public IReadOnlyList<string> ReturnUrls { get; init; } = [];

    /// <summary>Where an API key goes; null: as the provider's definition says.</summary>
    public KeyPlacement? Key { get; init; }

    /// <summary>What only its owners know the meaning of.</summary>
    public IReadOnlyDictionary<string, string> Custom { get; init; } = new Dictionary<string, string>();
}

/// <summary>Where an API key goes.</summary>
/// <param name="In"><c>header</c> or <c>query</c>.</param>
/// <param name="Prefix">Before the key, such as <c>Bearer </c>, with its space.</param>
[SnakeCase]
public sealed record KeyPlacement(string In, string Name, string? Prefix);
