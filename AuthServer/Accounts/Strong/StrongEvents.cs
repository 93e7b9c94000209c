namespace AuthServer.Accounts.Strong;

/// <summary>What the stronger ways to sign in leave in the trail. A sign-in says by its reason which were used.</summary>
public static class StrongEvents
{
    public const string AuthenticatorAdded = "user.authenticator_added";

    public const string AuthenticatorRemoved = "user.authenticator_removed";

    /// <summary>New recovery codes were made; those before them are worth nothing.</summary>
    public const string RecoveryCodesMade = "user.recovery_codes_made";

    public const string RecoveryCodeUsed = "user.recovery_code_used";

    public const string PasskeyAdded = "user.passkey_added";

    public const string PasskeyRenamed = "user.passkey_renamed";

    public const string PasskeyRemoved = "user.passkey_removed";

    /// <summary>An operator took somebody's second factors away.</summary>
    public const string FactorsReset = "user.second_factor_reset";
}
