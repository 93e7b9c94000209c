using AuthServer.Accounts.Strong;
using AuthServer.ExternalSignIn;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;

namespace AuthServer.Vault.Secrets;

/// <summary>Every column that holds what the vault seals. Nothing is sealed for another place: a new key would not reach it.</summary>
internal static class SealedColumns
{
    public static readonly IReadOnlyList<SealedColumn> All =
    [
        new("Connections", nameof(Connection.Id), nameof(Connection.Secret)),
        new("ConnectedAccounts", nameof(ConnectedAccount.Id), nameof(ConnectedAccount.Tokens)),
        new("AccountLinks", nameof(AccountLink.Id), nameof(AccountLink.Tokens)),
        new("AccountLinks", nameof(AccountLink.Id), nameof(AccountLink.Verifier)),
        new("Authenticators", nameof(Authenticator.UserId), nameof(Authenticator.Secret)),
        new("GrantEndings", nameof(GrantEnding.Id), nameof(GrantEnding.Calls)),
        new("ExternalArrivals", nameof(ExternalArrival.Id), nameof(ExternalArrival.Tokens)),
    ];

    public static bool Has(SecretPlace place) => All.Any(column => column.Table == place.Table && column.Column == place.Column);
}

/// <param name="Key">The column by which a row is found: its value is the place's id.</param>
internal sealed record SealedColumn(string Table, string Key, string Column)
{
    public SecretPlace PlaceOf(string id) => new(Table, Column, id);
}
