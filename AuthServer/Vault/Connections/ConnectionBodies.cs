using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>What a connection is to be. What is left out stays as it is; null takes it away.</summary>
[SnakeCase]
public class ConnectionChange : SaidMembers
{
    /// <summary>1 to 200 characters on one line; no other connection of the organization has it.</summary>
    public string? Name { get; set => field = Say(value); }

    public string? Description { get; set => field = Say(value); }

    /// <summary>A word such as <c>production</c>.</summary>
    public string? Environment { get; set => field = Say(value); }

    /// <summary><c>client_id</c> and <c>client_secret</c> of an OAuth app, or the parts of an API key. No secret is ever answered. Null takes one away.</summary>
    public Dictionary<string, string?>? Credentials { get; set => field = Say(value); }

    /// <summary>As the provider spells them, or the name of a preset: <c>read_only</c>, <c>read_write</c>, <c>admin</c> or one of the provider's own.</summary>
    public JsonElement? Scopes { get; set => field = Say(value); }

    /// <summary>The name of a preset, instead of scopes.</summary>
    public string? ScopePreset { get; set => field = Say(value); }

    public SettingsChange? Settings { get; set => field = Say(value); }

    /// <summary>Whether it is the one that is meant where its provider alone is named.</summary>
    public bool? IsDefault { get; set => field = Say(value); }

    /// <summary>Whether access tokens may leave the vault. Admins only.</summary>
    public bool? AllowRawTokens { get; set => field = Say(value); }

    /// <summary>How it is made sure that who comes back from the provider is the account's owner. Admins only.</summary>
    public ReturnCheck? ReturnCheck { get; set => field = Say(value); }

    /// <summary>How many days a secret serves before it is to be replaced: 1 to 3650.</summary>
    public int? RotationDays { get; set => field = Say(value); }

    /// <summary>When the secret is to be replaced.</summary>
    public DateTimeOffset? RotationDueAt { get; set => field = Say(value); }

    /// <summary>Who may see, change and use it. Admins only.</summary>
    public AccessChange? Access { get; set => field = Say(value); }
}

/// <summary>A connection to be made.</summary>
[SnakeCase]
public sealed class NewConnection : ConnectionChange
{
    /// <summary>Of the catalogue, such as <c>gmail</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>Left out: the provider's usual one.</summary>
    public AuthType? AuthType { get; set; }

    /// <summary><c>draft</c> or <c>active</c>; left out: active as soon as nothing is missing.</summary>
    public ConnectionStatus? Status { get; set; }
}

/// <summary>Who may see, change and use a connection: roles, <c>usr_…</c>, and for use <c>agt_…</c> or <c>agents</c>. Null: as without a list.</summary>
[SnakeCase]
public sealed class AccessChange : SaidMembers
{
    public IReadOnlyList<string?>? View { get; set => field = Say(value); }

    public IReadOnlyList<string?>? Edit { get; set => field = Say(value); }

    public IReadOnlyList<string?>? Use { get; set => field = Say(value); }
}

/// <summary>How a connection's calls are made. What is left out stays; null goes back to the provider's or this server's own.</summary>
[SnakeCase]
public sealed class SettingsChange : SaidMembers
{
    public bool? AutoRefresh { get; set => field = Say(value); }

    /// <summary>Seconds before the expiry at which a token is refreshed: 0 to 86400.</summary>
    public int? RefreshBuffer { get; set => field = Say(value); }

    /// <summary>Seconds that access tokens live, whatever the provider says: 60 to 31536000.</summary>
    public int? TokenLifetime { get; set => field = Say(value); }

    /// <summary>Where tokens are kept: <c>vault</c>, always.</summary>
    public string? TokenStorage { get; set => field = Say(value); }

    /// <summary>Seconds that one call may take: 1 to 300.</summary>
    public int? Timeout { get; set => field = Say(value); }

    /// <summary>Calls per minute: 1 to 100000.</summary>
    public int? RateLimit { get; set => field = Say(value); }

    /// <summary>How often a call is repeated that failed and may be: 0 to 5.</summary>
    public int? Retries { get; set => field = Say(value); }

    public string? UserAgent { get; set => field = Say(value); }

    /// <summary>Sent with every call; none that carries a credential.</summary>
    public Dictionary<string, string?>? Headers { get; set => field = Say(value); }

    /// <summary>The provider's fields, such as <c>tenant</c> or <c>host</c>.</summary>
    public Dictionary<string, string?>? Fields { get; set => field = Say(value); }

    public string? AuthorizationUrl { get; set => field = Say(value); }

    public string? TokenUrl { get; set => field = Say(value); }

    public string? BaseUrl { get; set => field = Say(value); }

    public string? ApiVersion { get; set => field = Say(value); }

    /// <summary>Where the provider sends people back to; null: this server's own callback.</summary>
    public string? RedirectUri { get; set => field = Say(value); }

    /// <summary>Where your own application takes people back, each exactly.</summary>
    public IReadOnlyList<string?>? ReturnUrls { get; set => field = Say(value); }

    /// <summary>Where an API key goes.</summary>
    public KeyPlacement? Key { get; set => field = Say(value); }

    /// <summary>Yours: this server only keeps them.</summary>
    public Dictionary<string, string?>? Custom { get; set => field = Say(value); }
}
