using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>The one call that shows what a provider thinks of a connection's credential, and what its answer shows.</summary>
public sealed class ConnectionProbe(ProviderApps apps, Connections connections)
{
    // No provider ever gave it: who knows the app refuses the code, and who does not refuses the app.
    private const string NoCode = "authserver-connection-test";

    /// <summary>The call, or why there can be none.</summary>
    internal async ValueTask<(OutboundCall? Call, Func<OutboundResult, Finding>? Read, ProviderFault? Fault)> PrepareAsync(Connection row, Provider provider, CancellationToken ct)
    {
        if (row.Auth == ConnectionAuth.ApiKey)
        {
            return OfKey(row, provider) is { } call ? (call, answer => OfKey(row, provider, answer), null) : (null, null, ProviderFaults.FieldMissing);
        }

        var (app, fault) = await apps.OpenAsync(row, ct);
        if (app is null)
        {
            return (null, null, fault);
        }

        return TokenCalls.Code(app, NoCode, app.UsesPkce ? new string('a', 43) : null) is { } redemption
            ? (redemption, answer => OfApp(row, app, answer), null)
            : (null, null, app.OAuth.Flow == OAuthFlow.Fragment ? null : ProviderFaults.FieldMissing);
    }

    private OutboundCall? OfKey(Connection row, Provider provider)
    {
        var settings = row.ReadSettings();
        if (provider.ApiKey is not { } rules || FilledAddress.ReadFields(provider, settings) is not { } fields)
        {
            return null;
        }

        var parts = connections.OpenSecret(row).Values;
        string? Value(string name) => parts.GetValueOrDefault(name) ?? fields.GetValueOrDefault(name);
        var test = rules.Test.Call;
        if (FilledAddress.Of(provider, test.Url, Value) is not { } url)
        {
            return null;
        }

        // A base of its own is where the key goes, and nowhere else.
        if (settings.BaseUrl is { } own)
        {
            var usual = FilledAddress.Of(provider, provider.KeyBaseUrl, Value);
            if (usual is null || !url.StartsWith(usual + "/", StringComparison.Ordinal))
            {
                return null;
            }

            url = own + url[usual.Length..];
        }

        return KeyCalls.Write(provider, rules, settings, test, url, Value);
    }

    private static Finding OfKey(Connection row, Provider provider, OutboundResult answer)
    {
        var verdict = CredentialTest.Read(provider.ApiKey!.Test, answer);
        return verdict switch
        {
            CredentialVerdict.Accepted => new Finding(verdict, null, null),
            CredentialVerdict.Limited => new Finding(verdict, ConnectionCause.IncorrectScopes, null),
            CredentialVerdict.Refused => new Finding(verdict, ConnectionCause.InvalidCredentials, ProviderFaults.AppRefused),
            _ => CannotTell(row, provider, FaultJudgement.OfCall(answer), answer),
        };
    }

    private static Finding OfApp(Connection row, ProviderApp app, OutboundResult answer)
    {
        var fault = TokenReading.Read(app, answer, DateTimeOffset.UnixEpoch, null, null).Fault ?? ProviderFaults.Malformed;
        return fault.Code == ProviderFaults.CodeRefused.Code ? new Finding(CredentialVerdict.Accepted, null, null)
            : fault.Code == ProviderFaults.AppRefused.Code ? new Finding(CredentialVerdict.Refused, ConnectionCause.InvalidCredentials, fault)
            : fault.Code == ProviderFaults.ScopeRefused.Code ? new Finding(CredentialVerdict.Refused, ConnectionCause.InvalidScopeCombinations, fault)
            : CannotTell(row, app.Provider, fault, answer);
    }

    /// <summary>What an answer shows that says nothing about the credential.</summary>
    internal static Finding CannotTell(Connection row, Provider provider, ProviderFault fault, OutboundResult answer) => new(CredentialVerdict.CannotTell, CauseOf(row, provider, fault, answer), fault);

    private static ConnectionCause CauseOf(Connection row, Provider provider, ProviderFault fault, OutboundResult answer) =>
        fault.Code == ProviderFaults.AddressRefused.Code || (answer.Failure == "dns" && HasOwnAddresses(row, provider)) || answer.Status == 404 ? ConnectionCause.IncorrectEndpointUrls
        : fault.Code == ProviderFaults.Busy.Code ? PaceCause(row, provider, answer)
        : fault.Code == ProviderFaults.Unreachable.Code || fault.Code == ProviderFaults.Unavailable.Code ? ConnectionCause.ProviderUnavailable
        : answer.Failure is null && answer.Status is >= 400 and < 500 ? ConnectionCause.ProviderSpecificRequirements
        : ConnectionCause.ProviderApiChanges;

    // The addresses of a provider that comes with this server are right: where its name is not found, it is not there, or names are not found from here.
    private static bool HasOwnAddresses(Connection row, Provider provider) =>
        !provider.IsShipped || row.ReadSettings() is not { AuthorizationUrl: null, TokenUrl: null, BaseUrl: null, Fields.Count: 0 };

    /// <summary>Why there were too many calls.</summary>
    private static ConnectionCause PaceCause(Connection row, Provider provider, OutboundResult answer) =>
        Quota.Read(provider.Api.RateLimit, answer.Header, DateTimeOffset.UnixEpoch) is { Left: > 0 } ? ConnectionCause.BurstLimitViolations
        : row.ReadSettings().RateLimit is not null ? ConnectionCause.IncorrectRateLimitConfiguration
        : row.Auth == ConnectionAuth.OAuth2 && row.ClientId is null ? ConnectionCause.SharedQuota
        : ConnectionCause.ExceededRequestLimits;
}

/// <summary>What an answer shows.</summary>
/// <param name="Fault">Null: there is none.</param>
/// <param name="AccountId">The account whose token it is about; null: it is about the connection's own credential.</param>
internal sealed record Finding(CredentialVerdict Verdict, ConnectionCause? Cause, ProviderFault? Fault, string? AccountId = null);

/// <summary>What usually is behind a connection that does not work.</summary>
public enum ConnectionCause
{
    InvalidCredentials,
    IncorrectScopes,
    ProviderApiChanges,
    ExceededRequestLimits,
    IncorrectEndpointUrls,
    MissingRequiredSettings,
    InvalidScopeCombinations,
    ProviderUnavailable,

    /// <summary>Of the account that was tested.</summary>
    ExpiredTokens,

    /// <summary>The connection's own limit lets more through than the provider does.</summary>
    IncorrectRateLimitConfiguration,

    /// <summary>There are calls left, but too many came at once.</summary>
    BurstLimitViolations,

    /// <summary>The app is one that others use as well.</summary>
    SharedQuota,

    /// <summary>The provider understood the call, and wants something else first.</summary>
    ProviderSpecificRequirements,
}
