using System.Text.Json;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What the pages of connections say in words, and how it looks.</summary>
internal static class ConnectionWords
{
    public static (string Level, string Icon) Look(ConnectionStatus status) => status switch
    {
        ConnectionStatus.Active => ("low", "check"),
        ConnectionStatus.Error => ("critical", "warning"),
        ConnectionStatus.Inactive => ("high", "warning"),
        ConnectionStatus.Testing => ("standard", "clock"),
        _ => ("standard", "info"),
    };

    public static (string Level, string Icon) Look(AccountStatus status) => status switch
    {
        AccountStatus.Active => ("low", "check"),
        AccountStatus.Pending => ("standard", "clock"),
        AccountStatus.Expired => ("high", "warning"),
        _ => ("critical", "warning"),
    };

    public static (string Level, string Icon) Look(AccountHealth health) => health switch
    {
        AccountHealth.Healthy => ("low", "check"),
        AccountHealth.Degraded => ("high", "warning"),
        _ => ("critical", "warning"),
    };

    public static (string Title, string Notice) Of(CredentialVerdict verdict) => verdict switch
    {
        CredentialVerdict.Accepted => ("Accepted", "good"),
        CredentialVerdict.Limited => ("Accepted, with a limit", "warning"),
        CredentialVerdict.Refused => ("Refused", "danger"),
        _ => ("Nobody can tell", "warning"),
    };

    /// <summary>The same of the trail's word.</summary>
    public static string OfVerdict(string? word) =>
        Enum.GetValues<CredentialVerdict>().Where(verdict => Snake(verdict) == word).Select(verdict => Of(verdict).Title).FirstOrDefault() ?? word ?? "";

    public static string Of(ConnectionCause cause) => cause switch
    {
        ConnectionCause.InvalidCredentials => "Invalid credentials",
        ConnectionCause.IncorrectScopes => "Incorrect scopes",
        ConnectionCause.ProviderApiChanges => "The provider's API has changed",
        ConnectionCause.ExceededRequestLimits => "The provider's request limit is exceeded",
        ConnectionCause.IncorrectEndpointUrls => "Incorrect endpoint URLs",
        ConnectionCause.MissingRequiredSettings => "Required settings are missing",
        ConnectionCause.InvalidScopeCombinations => "Invalid combination of scopes",
        _ => "The provider is not available",
    };

    /// <summary>A number in the details of an event; null: it has none of this name.</summary>
    public static long? Number(JsonElement? details, string name) =>
        details is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : null;

    public static string Snake(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
