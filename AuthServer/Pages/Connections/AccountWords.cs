using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Pages.Connections;

/// <summary>What is said to the owner of a connected account.</summary>
internal static class AccountWords
{
    /// <summary>Why it stands as it does, and what to do.</summary>
    public static string Why(PersonalAccount account) => account.Fault switch
    {
        null => Texts.T("It does not work at the moment."),
        { Kind: FaultKind.Connection } fault => Texts.T("{0} Only {1} can change that.", Texts.T(fault.Words), Names.Shown(account.Organization)),
        var fault => $"{Texts.T(fault.Words)} {Texts.T(fault.NextStep)}",
    };

    /// <summary>What would become of the access at the provider.</summary>
    public static string Ahead(GrantEnd end, string provider) => end switch
    {
        GrantEnd.Revoked => Texts.T("The access is taken back at {0} too.", provider),
        GrantEnd.Shared => Texts.T("The access stays at {0}: another account that is connected here lives by the same grant.", provider),
        GrantEnd.NotOffered => Texts.T("{0} has no way to take the access back from here. Remove the app in your settings there as well.", provider),
        GrantEnd.Failed => Texts.T("{0} cannot be asked to take the access back. Remove the app in your settings there as well.", provider),
        _ => Texts.T("There is nothing to take back at {0}.", provider),
    };
}
