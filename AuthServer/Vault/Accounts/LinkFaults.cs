using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Accounts;

/// <summary>What can be wrong with the way to a provider and back, besides what providers say: <see cref="ProviderFaults"/>.</summary>
public static class LinkFaults
{
    private const string Again = "Go back to the application, and begin again.";

    public static ProviderFault StateUnknown { get; } = new("state_unknown", FaultKind.Owner, "Nobody here waits for this answer: it is invalid, or it came too late.", Again);

    public static ProviderFault StateReplayed { get; } = new("state_replayed", FaultKind.Owner, "This answer came before.", "If it did not work the first time, go back to the application and begin again.");

    public static ProviderFault Expired { get; } = new("link_expired", FaultKind.Owner, "It took longer than ten minutes.", Again);

    public static ProviderFault Abandoned { get; } = new("not_confirmed", FaultKind.Owner, "The application did not confirm in time who came back.", "Begin again, and let the application redeem its code at once.");

    public static ProviderFault OtherBrowser { get; } = new("other_browser", FaultKind.Owner, "This was begun in another browser.", "Go on in the browser in which you began, or begin again in this one.");

    public static ProviderFault OtherPerson { get; } = new("other_person", FaultKind.Owner, "Somebody else is signed in than the one whose account was to be connected.", "Sign in as that person, and begin again.");

    public static ProviderFault NotSignedIn { get; } = new("not_signed_in", FaultKind.Owner, "Nobody is signed in any more.", "Sign in, and begin again.");

    public static ProviderFault OtherCallback { get; } = new("other_callback", FaultKind.Connection, "The answer came to the address of another connection.", "Look at the callback address that is registered at the provider.");

    public static ProviderFault OtherIssuer { get; } = new("other_issuer", FaultKind.Connection, "The answer is another server's than the one that was asked.", Again);

    public static ProviderFault Inactive { get; } = new("connection_inactive", FaultKind.Connection, "The connection is not active any more.", "Ask the organization that sent you here.");

    public static ProviderFault Cancelled { get; } = new("access_denied", FaultKind.Owner, "It was cancelled before anything was granted.", "If that was a mistake, begin again.");

    public static ProviderFault NothingOffered { get; } = new(
        "nothing_offered", FaultKind.Owner, "The account at the provider reaches nothing that could be connected.", "Ask somebody there to give it access, or begin again with another account.");

    public static ProviderFault NotChosen { get; } = new("not_chosen", FaultKind.Owner, "Nobody said in time what the account is to work with.", Again);

    public static IReadOnlyList<ProviderFault> All { get; } =
        [StateUnknown, StateReplayed, Expired, Abandoned, OtherBrowser, OtherPerson, NotSignedIn, OtherCallback, OtherIssuer, Inactive, NothingOffered, NotChosen];

    /// <summary>Why a link failed. Applications need not tell who said no, and have one code for it; its person knows that they never were at the provider.</summary>
    public static ProviderFault? Of(AccountLink link) =>
        link.Fault == Cancelled.Code && link.ProviderCode is null ? Cancelled : ProviderFaults.Of(link.Fault) ?? All.FirstOrDefault(fault => fault.Code == link.Fault);
}
