using System.Text.Json;
using AuthServer.Outbound;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What a failure means, by the provider's table: what passes, what its owner mends, what is the connection's fault.</summary>
public static class FaultJudgement
{
    private const int LongestCode = 60;

    private static readonly int[] TransientStatuses = [408, 409, 423, 425, 429];

    /// <summary>There is no answer.</summary>
    /// <param name="failure">One of the words of <see cref="OutboundResult.Failure"/>.</param>
    public static ProviderFault OfFailure(string failure) => failure switch
    {
        "address" or "private_address" => ProviderFaults.AddressRefused,
        "too_large" or "encoding" => ProviderFaults.Malformed,
        _ => ProviderFaults.Unreachable,
    };

    /// <summary>A call that is no call of the token endpoint: nothing of what it says ends an account.</summary>
    public static ProviderFault OfCall(OutboundResult answer) =>
        answer.Failure is { } failure ? OfFailure(failure)
        : OfStatus(answer) ?? (answer.Status is 401 or 403 ? ProviderFaults.Refused : ProviderFaults.Malformed);

    /// <summary>An answer of the token endpoint that holds no token.</summary>
    public static ProviderFault OfToken(OAuthRules oauth, OutboundResult answer, JsonElement? body, bool isRefresh)
    {
        var rules = oauth.Token.Answer;
        var (code, description) = (ValuePath.FindText(body, rules.Error), ValuePath.FindText(body, rules.ErrorDescription));
        var fault = Judge(oauth.Refresh, answer, code, description, isRefresh);
        return fault with { ProviderCode = WordOf(ValuePath.FindText(body, rules.Hint) ?? code), Words = HintOf(oauth, body, code) ?? fault.Words };
    }

    /// <summary>What a provider said when a person came back without a code (RFC 6749 §4.1.2.1).</summary>
    public static ProviderFault OfAuthorization(OAuthRules oauth, string code)
    {
        var fault = code switch
        {
            "access_denied" or "user_denied" or "user_cancelled_login" or "user_cancelled_authorize" or "consent_required" => ProviderFaults.AccessDenied,
            "temporarily_unavailable" or "server_error" => ProviderFaults.Unavailable,
            "login_required" or "interaction_required" or "account_selection_required" => ProviderFaults.Interaction,
            "invalid_scope" => ProviderFaults.ScopeRefused,
            _ when oauth.Refresh.InteractionCodes.Contains(code) => ProviderFaults.Interaction,
            _ => ProviderFaults.AppRefused,
        };
        return fault with { ProviderCode = WordOf(code) };
    }

    private static ProviderFault Judge(RefreshRules rules, OutboundResult answer, string? code, string? description, bool isRefresh)
    {
        if (rules.Transient.Any(one => one.Code == code && (one.Description is null || description?.Contains(one.Description, StringComparison.OrdinalIgnoreCase) == true)))
        {
            return ProviderFaults.Unavailable with { RetryAfter = answer.RetryAfter };
        }

        if (OfStatus(answer) is { } passing)
        {
            return passing;
        }

        if (code is null)
        {
            // Whatever stands in front of a provider says 403 too; that it is the provider, its code shows.
            return answer.Status is >= 200 and < 300 ? ProviderFaults.Malformed : ProviderFaults.Refused;
        }

        return rules.ConfigurationCodes.Contains(code) ? ProviderFaults.AppRefused
            : rules.InteractionCodes.Contains(code) ? ProviderFaults.Interaction
            : rules.DeadCodes.Contains(code) || (isRefresh && rules.DeadStatuses.Contains(answer.Status)) ? Dead(code, description, isRefresh)
            : code switch
            {
                "temporarily_unavailable" or "server_error" or "slow_down" => ProviderFaults.Unavailable,
                "invalid_client" or "unauthorized_client" or "unsupported_grant_type" => ProviderFaults.AppRefused,
                "invalid_scope" => ProviderFaults.ScopeRefused,
                "invalid_grant" when !isRefresh => ProviderFaults.CodeRefused,
                _ => ProviderFaults.Refused,
            };
    }

    // A person took it back, or it ran out: some say which.
    private static ProviderFault Dead(string code, string? description, bool isRefresh) =>
        !isRefresh ? ProviderFaults.CodeRefused
        : Says(code, "revoked") || Says(code, "inactive") || (Says(description, "revoked") && !Says(description, "expired")) ? ProviderFaults.Revoked
        : ProviderFaults.Expired;

    private static bool Says(string? text, string word) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;

    private static ProviderFault? OfStatus(OutboundResult answer) =>
        answer.Status == 429 ? ProviderFaults.Busy with { RetryAfter = answer.RetryAfter }
        : answer.Status >= 500 || TransientStatuses.Contains(answer.Status) ? ProviderFaults.Unavailable with { RetryAfter = answer.RetryAfter }
        : answer.Status is >= 300 and < 400 ? ProviderFaults.Malformed
        : null;

    private static string? HintOf(OAuthRules oauth, JsonElement? body, string? code) =>
        oauth.Refresh.Hints.GetValueOrDefault(ValuePath.FindText(body, oauth.Token.Answer.Hint) ?? "") ?? oauth.Refresh.Hints.GetValueOrDefault(code ?? "");

    /// <summary>A provider's word as it may be stored and shown: nothing but a word.</summary>
    public static string? WordOf(string? code) =>
        code is { Length: > 0 and <= LongestCode } && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? code : null;
}
