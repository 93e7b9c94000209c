namespace AuthServer.Policies.Engine;

/// <summary>Why a decision fell as it did: stable words for programs, logs and the trail.</summary>
public static class PolicyReasons
{
    public const string Allowed = "allowed";
    public const string ScopeMissing = "scope_missing";
    public const string PolicyDenies = "policy_denies";
    public const string ApprovalRequired = "approval_required";

    /// <summary>Not the engine's own: a person did approve it.</summary>
    public const string Approved = "approved";

    /// <summary>Not the engine's own: a person was asked, and said no.</summary>
    public const string ApprovalDenied = "approval_denied";

    public const string ActionUnknown = "action_unknown";
    public const string ActionNotAllowed = "action_not_allowed";
    public const string ActionBlocked = "action_blocked";
    public const string OutsideTimeWindow = "outside_time_window";
    public const string AddressUnknown = "address_unknown";
    public const string AddressNotAllowed = "address_not_allowed";
    public const string RiskUnknown = "risk_unknown";
    public const string RiskTooHigh = "risk_too_high";
    public const string ConsentTimeUnknown = "consent_time_unknown";
    public const string AccessExpired = "access_expired";

    /// <summary>What a delegation lets be used in all would not be enough.</summary>
    public const string CeilingExceeded = "ceiling_exceeded";

    /// <summary>The same of what it lets be spent.</summary>
    public const string BudgetExhausted = "budget_exhausted";

    public const string AmountUnknown = "amount_unknown";
    public const string AmountNotUsable = "amount_not_usable";
    public const string CurrencyNotAccepted = "currency_not_accepted";
    public const string RateLimitExceeded = "rate_limit_exceeded";
    public const string BudgetExceeded = "budget_exceeded";

    /// <summary>Not the engine's own: it could not be asked, or its limits not be read.</summary>
    public const string PolicyFailure = "policy_failure";
}
