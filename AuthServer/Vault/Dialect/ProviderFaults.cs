namespace AuthServer.Vault.Dialect;

/// <summary>The vault's one list of faults, for all providers.</summary>
public static class ProviderFaults
{
    private const string Later = "Nothing needs to be done: it is tried again.";
    private const string Again = "Connect the account again.";
    private const string Settings = "Look at the connection's settings, and compare them with the app that is registered at the provider.";

    public static ProviderFault Unreachable { get; } = new("provider_unreachable", FaultKind.Transient, "The provider could not be reached.", Later);

    public static ProviderFault Unavailable { get; } = new("provider_unavailable", FaultKind.Transient, "The provider cannot do its work at the moment.", Later);

    public static ProviderFault Busy { get; } = new("provider_busy", FaultKind.Transient, "The provider asks to wait: there were too many requests.", Later);

    public static ProviderFault Malformed { get; } = new("provider_answer", FaultKind.Transient, "The provider's answer could not be understood.", Later);

    /// <summary>A refusal that nobody knows is no reason to give an account up.</summary>
    public static ProviderFault Refused { get; } = new("provider_refused", FaultKind.Transient, "The provider refused, and did not say why in a way that is known.", Later);

    public static ProviderFault Expired { get; } = new("account_expired", FaultKind.Owner, "What the provider gave for this account is no longer good.", Again);

    public static ProviderFault Interaction { get; } = new(
        "interaction_required", FaultKind.Owner, "The provider wants its user to sign in or to agree once more.", Again);

    public static ProviderFault NoRefreshToken { get; } = new(
        "no_refresh_token", FaultKind.Owner, "The access token has expired, and the provider gave nothing to renew it by.", Again);

    public static ProviderFault NotRenewable { get; } = new(
        "not_renewable", FaultKind.Owner, "The provider gave nothing to renew the access token by: the account ends with it.", "Take the access back at the provider, and connect the account again; ask for offline access where the provider has a scope for it.");

    public static ProviderFault Revoked { get; } = new("account_revoked", FaultKind.Revoked, "The access was taken back at the provider.", "Connect the account again, if it is still wanted.");

    public static ProviderFault Disconnected { get; } = new("disconnected", FaultKind.Revoked, "The account was disconnected here.", "Connect the account again, if it is still wanted.");

    public static ProviderFault AppRefused { get; } = new("app_refused", FaultKind.Connection, "The provider does not accept the connection's app: its id, its secret or what it may ask for.", Settings);

    public static ProviderFault AddressRefused { get; } = new("address_refused", FaultKind.Connection, "The provider's address may not be called from here.", Settings);

    public static ProviderFault FieldMissing { get; } = new("field_missing", FaultKind.Connection, "A field that the provider's addresses need has no value, or one that does not fit.", Settings);

    public static ProviderFault NoApp { get; } = new("app_missing", FaultKind.Connection, "The connection has no OAuth app: there is neither a client id of its own nor one that this server shares.", "Enter the id and the secret of an app that is registered at the provider.");

    public static ProviderFault BaseRefused { get; } = new("base_refused", FaultKind.Connection, "The provider named an address for its API that is not one of its own.", Settings);

    public static ProviderFault Uncertain { get; } = new(
        "refresh_uncertain", FaultKind.Uncertain, "The provider's answer was lost, and with it perhaps a new token.", "If calls fail, connect the account again.");

    public static ProviderFault Held { get; } = new(
        "refreshes_held", FaultKind.Transient, "The provider refuses so many accounts at once that it is not believed for now.", Later);

    public static ProviderFault ConnectionOff { get; } = new("connection_off", FaultKind.Connection, "The connection is not active.", "Activate the connection.");

    public static ProviderFault AccessDenied { get; } = new("access_denied", FaultKind.Owner, "The access was not granted at the provider.", "If that was a mistake, begin again and agree.");

    public static ProviderFault CodeRefused { get; } = new("code_refused", FaultKind.Owner, "The provider did not accept the code that it had given: it was used, or it took too long.", "Begin again.");

    public static ProviderFault ScopeRefused { get; } = new("scope_refused", FaultKind.Connection, "The provider does not know a scope that was asked for, or does not give it to this app.", Settings);

    public static ProviderFault IdentityMismatch { get; } = new(
        "identity_mismatch", FaultKind.Owner, "Another account was connected at the provider than the one that is known here.", "Sign in at the provider with the same account as before; to use another one, disconnect the old one first.");

    public static ProviderFault IdentityUnknown { get; } = new("identity_unknown", FaultKind.Transient, "The provider did not say whose account it is.", "Begin again.");

    public static ProviderFault ScopeMissing { get; } = new("scope_missing", FaultKind.Owner, "Something that is required was not agreed to at the provider.", "Connect the account again, and agree to all that is required.");

    public static ProviderFault NotVerified { get; } = new(
        "not_verified", FaultKind.Owner, "The provider granted the access, but nobody has confirmed yet that its owner is the one who came back.", "The application redeems the code that it was given.");

    public static ProviderFault Sealed { get; } = new("unreadable", FaultKind.Connection, "What is stored cannot be opened.", "Connect the account again; if all accounts have this, restore the vault's keys.");

    /// <summary>All of them, for the documentation and for reading a stored code.</summary>
    public static IReadOnlyList<ProviderFault> All { get; } =
    [
        Unreachable, Unavailable, Busy, Malformed, Refused, Expired, Interaction, NoRefreshToken, NotRenewable, Revoked, Disconnected, AppRefused, AddressRefused, FieldMissing, NoApp, BaseRefused,
        Uncertain, Held, ConnectionOff, AccessDenied, CodeRefused, ScopeRefused, IdentityMismatch, IdentityUnknown, ScopeMissing, NotVerified, Sealed,
    ];

    /// <summary>Null: there is no such fault.</summary>
    public static ProviderFault? Of(string? code) => All.FirstOrDefault(fault => fault.Code == code);
}
