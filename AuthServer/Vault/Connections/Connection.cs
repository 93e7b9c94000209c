using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Vault.Secrets;

namespace AuthServer.Vault.Connections;

/// <summary>How an organization's agents reach one provider: the OAuth app or the API key, what is asked for, and how calls are made.</summary>
public sealed class Connection
{
    public const string IdPrefix = "conn_";

    private string _name = "";

    /// <summary><c>conn_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    /// <summary>A provider of the catalogue, shipped or the organization's own.</summary>
    public string ProviderId { get; set; } = "";

    public string Name
    {
        get => _name;
        set => (_name, NormalizedName) = (value, Normalize(value));
    }

    /// <summary>The name as names are compared: the only one of its organization.</summary>
    public string NormalizedName { get; private set; } = "";

    public string? Description { get; set; }

    /// <summary>A word of the organization's, such as <c>production</c>.</summary>
    public string? Environment { get; set; }

    public ConnectionAuth Auth { get; set; }

    public ConnectionStatus Status { get; set; }

    /// <summary>Why it is in error, as a code of the vault's one list of faults; null: it is not.</summary>
    public string? Fault { get; set; }

    /// <summary>The OAuth app's own; null: the installation's shared app of this provider.</summary>
    public string? ClientId { get; set; }

    /// <summary>A sealed JSON object: <c>client_secret</c>, or the API key's fields. Null: none is set.</summary>
    public string? Secret { get; set; }

    /// <summary>The last four characters of the secret, to tell it by; null: it is too short to say any.</summary>
    public string? SecretLast4 { get; set; }

    /// <summary>The secret's parts by name, each with its last four characters or null where it is too short to say any: a JSON object. It is shown without opening anything.</summary>
    public string SecretParts { get; private set; } = "{}";

    /// <summary>When the secret was set; null: there is none.</summary>
    public DateTimeOffset? SecretChangedAt { get; set; }

    /// <summary>As the provider spells them, in the order they are asked for: a JSON list.</summary>
    public string Scopes { get; set; } = "[]";

    /// <summary>What of the provider's definition it changes, and how calls are made: a JSON object (<see cref="ConnectionSettings"/>).</summary>
    public string Settings { get; set; } = "{}";

    /// <summary>Who may see, change and use it: a JSON object (<see cref="ConnectionAccess"/>).</summary>
    public string Access { get; set; } = "{}";

    /// <summary>Whether it is the organization's default of its provider and way of connecting.</summary>
    public bool IsDefault { get; set; }

    /// <summary>Whether access tokens may leave the vault at all.</summary>
    public bool AllowsRawTokens { get; set; }

    /// <summary>How who comes back from the provider is checked.</summary>
    public ReturnCheck ReturnCheck { get; set; }

    /// <summary>How many days a secret serves; null: nobody asked to be reminded.</summary>
    public int? RotationDays { get; set; }

    /// <summary>When the secret is to be replaced; null: nobody asked to be reminded.</summary>
    public DateTimeOffset? RotationDueAt { get; set; }

    /// <summary>When an admin last found right who may see, change and use it; null: never.</summary>
    public DateTimeOffset? ReviewedAt { get; set; }

    /// <summary><c>usr_…</c></summary>
    public string? ReviewedBy { get; set; }

    /// <summary><c>usr_…</c></summary>
    public string? CreatedBy { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>One more with each change; a change of another version is refused.</summary>
    public int Version { get; set; }

    public SecretPlace SecretPlace => new("Connections", nameof(Secret), Id);

    public static string Normalize(string name) => name.Normalize().ToUpperInvariant();

    /// <param name="secret">An empty one: none is set.</param>
    public void Keep(ConnectionSecret secret, VaultSeal seal) =>
        (Secret, SecretParts) = (secret.Seal(seal, SecretPlace), JsonSerializer.Serialize(secret.Values.ToDictionary(part => part.Key, part => ConnectionSecret.Last4(part.Value))));

    public IReadOnlyDictionary<string, string?> ReadSecretParts() => JsonSerializer.Deserialize<Dictionary<string, string?>>(SecretParts) ?? [];

    public IReadOnlyList<string> ReadScopes() => JsonSerializer.Deserialize<string[]>(Scopes, ApiJson.Options) ?? [];

    public ConnectionSettings ReadSettings() => JsonSerializer.Deserialize<ConnectionSettings>(Settings, ApiJson.Options) ?? new();

    public ConnectionAccess ReadAccess() => JsonSerializer.Deserialize<ConnectionAccess>(Access, ApiJson.Options) ?? new();
}

public enum ConnectionAuth
{
    OAuth2,
    ApiKey,
}

/// <summary>See <see cref="ConnectionStates"/>.</summary>
public enum ConnectionStatus
{
    Draft,
    Testing,
    Active,
    Inactive,
    Error,
}

/// <summary>How it is made sure that whoever comes back from the provider is the account's owner.</summary>
public enum ReturnCheck
{
    /// <summary>The customer's backend redeems our code; until then the account is pending.</summary>
    App,

    /// <summary>The owner is a person of ours, and signed in.</summary>
    Session,

    /// <summary>Not at all: active at once, marked as unverified.</summary>
    None,
}
