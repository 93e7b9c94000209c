using System.Text.Json.Serialization;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>A connection as it is shown: never its secret. Agents see what they need to use it.</summary>
[SnakeCase]
public sealed record ConnectionItem : IVersioned
{
    public required string Id { get; init; }

    public required string Provider { get; init; }

    public required AuthType AuthType { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public string? Environment { get; init; }

    public required ConnectionStatus Status { get; init; }

    /// <summary>Why it is in error.</summary>
    public string? Fault { get; init; }

    /// <summary>What it lacks before it can be active, by path.</summary>
    public IReadOnlyDictionary<string, string[]>? Missing => Needs is null ? null : Sentence.InEnglish(Needs);

    /// <inheritdoc cref="Missing"/>
    [JsonIgnore]
    public IReadOnlyDictionary<string, Sentence[]>? Needs { get; init; }

    public string? ClientId { get; init; }

    /// <summary>Whether it uses the installation's OAuth app.</summary>
    public bool? SharedApp { get; init; }

    /// <summary>Whether a secret is set: a client secret, or a part of an API key.</summary>
    public bool? HasSecret { get; init; }

    /// <summary>The last four characters of the secret; null: it is too short to say any.</summary>
    public string? SecretLast4 { get; init; }

    public DateTimeOffset? SecretChangedAt { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public ConnectionSettings? Settings { get; init; }

    public required bool IsDefault { get; init; }

    public bool? AllowRawTokens { get; init; }

    public ReturnCheck? ReturnCheck { get; init; }

    public int? RotationDays { get; init; }

    public DateTimeOffset? RotationDueAt { get; init; }

    /// <summary>Whether the secret should have been replaced by now.</summary>
    public bool? RotationOverdue { get; init; }

    public ConnectionAccess? Access { get; init; }

    public string? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>One more with each change; also the ETag.</summary>
    public required int Version { get; init; }

    [JsonIgnore]
    string? IVersioned.Version => Version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal static ConnectionItem Of(Connection row, IReadOnlyDictionary<string, Sentence[]> missing, bool usesSharedApp, DateTimeOffset now) => ForAgents(row) with
    {
        Fault = row.Fault,
        Needs = missing.Count == 0 ? null : missing,
        ClientId = row.ClientId,
        SharedApp = usesSharedApp,
        HasSecret = row.Secret is not null,
        SecretLast4 = row.SecretLast4,
        SecretChangedAt = row.SecretChangedAt,
        Settings = row.ReadSettings(),
        AllowRawTokens = row.AllowsRawTokens,
        ReturnCheck = row.ReturnCheck,
        RotationDays = row.RotationDays,
        RotationDueAt = row.RotationDueAt,
        RotationOverdue = IsOverdue(row, now),
        Access = row.ReadAccess(),
        CreatedBy = row.CreatedBy,
    };

    internal static ConnectionItem ForAgents(Connection row) => new()
    {
        Id = row.Id,
        Provider = row.ProviderId,
        AuthType = row.Auth == ConnectionAuth.ApiKey ? AuthType.ApiKey : AuthType.Oauth2,
        Name = row.Name,
        Description = row.Description,
        Environment = row.Environment,
        Status = row.Status,
        Scopes = row.ReadScopes(),
        IsDefault = row.IsDefault,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        Version = row.Version,
    };

    internal static bool IsOverdue(Connection row, DateTimeOffset now) => row.RotationDueAt <= now;
}
