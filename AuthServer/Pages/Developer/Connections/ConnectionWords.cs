using System.Text.Json;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using static AuthServer.Pages.Texts;

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
        CredentialVerdict.Accepted => (T("Accepted"), "good"),
        CredentialVerdict.Limited => (T("Accepted, with a limit"), "warning"),
        CredentialVerdict.Refused => (T("Refused"), "danger"),
        _ => (T("Nobody can tell"), "warning"),
    };

    /// <summary>The same of the trail's word.</summary>
    public static string OfVerdict(string? word) =>
        Enum.GetValues<CredentialVerdict>().Where(verdict => Snake(verdict) == word).Select(verdict => Of(verdict).Title).FirstOrDefault() ?? word ?? "";

    /// <summary>Whether the trail's word says that the provider takes the credential.</summary>
    public static bool IsPassed(string? word) => word == Snake(CredentialVerdict.Accepted) || word == Snake(CredentialVerdict.Limited);

    public static string Of(ConnectionCause cause) => cause switch
    {
        ConnectionCause.InvalidCredentials => T("Invalid credentials"),
        ConnectionCause.IncorrectScopes => T("Incorrect scopes"),
        ConnectionCause.ProviderApiChanges => T("The provider's API has changed"),
        ConnectionCause.ExceededRequestLimits => T("The provider's request limit is exceeded"),
        ConnectionCause.IncorrectEndpointUrls => T("Incorrect endpoint URLs"),
        ConnectionCause.MissingRequiredSettings => T("Required settings are missing"),
        ConnectionCause.InvalidScopeCombinations => T("Invalid combination of scopes"),
        ConnectionCause.ExpiredTokens => T("Expired tokens"),
        ConnectionCause.IncorrectRateLimitConfiguration => T("The connection's rate limit is above the provider's"),
        ConnectionCause.BurstLimitViolations => T("Too many calls at once"),
        ConnectionCause.SharedQuota => T("The quota is shared with others who use the same app"),
        ConnectionCause.ProviderSpecificRequirements => T("The provider requires something else first"),
        _ => T("The provider is not available"),
    };

    public static string Of(ConnectionStatus status) => status switch
    {
        ConnectionStatus.Draft => T("Draft"),
        ConnectionStatus.Testing => T("Being tested"),
        ConnectionStatus.Active => T("Active"),
        ConnectionStatus.Inactive => T("Inactive"),
        _ => T("Does not work"),
    };

    public static string Of(AccountStatus status) => status switch
    {
        AccountStatus.Pending => T("Pending"),
        AccountStatus.Active => T("Active"),
        AccountStatus.Expired => T("Expired"),
        AccountStatus.Revoked => T("Revoked"),
        _ => T("Does not work"),
    };

    public static string Of(AccountHealth health) => health switch
    {
        AccountHealth.Healthy => T("Healthy"),
        AccountHealth.Degraded => T("In trouble"),
        _ => T("Unhealthy"),
    };

    /// <summary>What a test showed, in a sentence.</summary>
    public static string Message(ConnectionTestResult result) => result is { ProviderStatus: { IsTrouble: true } trouble, Cause: ConnectionCause.ProviderUnavailable }
        ? T("Nobody can tell: the provider has trouble. {0}", T(trouble.Why)) : T(result.Message);

    /// <summary>A number in the details of an event; null: it has none of this name.</summary>
    public static long? Number(JsonElement? details, string name) =>
        details is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : null;

    public static string Snake(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
