using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Pages.Connections;

/// <summary>What is said to the owner of a connected account.</summary>
internal static class AccountWords
{
    /// <summary>Why it stands as it does, and what to do.</summary>
    public static string Why(PersonalAccount account) => account.Fault switch
    {
        null => "It does not work at the moment.",
        { Kind: FaultKind.Connection } fault => $"{fault.Words} Only {Names.Shown(account.Organization)} can change that.",
        var fault => $"{fault.Words} {fault.NextStep}",
    };

    /// <summary>What would become of the access at the provider.</summary>
    public static string Ahead(GrantEnd end, string provider) => end switch
    {
        GrantEnd.Revoked => $"The access is taken back at {provider} too.",
        GrantEnd.Shared => $"The access stays at {provider}: another account that is connected here lives by the same grant.",
        GrantEnd.NotOffered => $"{provider} has no way to take the access back from here. Remove the app in your settings there as well.",
        GrantEnd.Failed => $"{provider} cannot be asked to take the access back. Remove the app in your settings there as well.",
        _ => $"There is nothing to take back at {provider}.",
    };
}
