using AuthServer.Http.Api;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>A connection as a file for review: all that is set of it, but no secret, and nobody of the organization by their id.</summary>
[SnakeCase]
public sealed class ConnectionFile : ConnectionChange
{
    public string? Provider { get; set; }

    public AuthType? AuthType { get; set; }

    internal static ConnectionFile Of(Connection row)
    {
        var (said, access) = (ConnectionReplay.Of(row.Auth, ConnectionSnapshot.Of(row)), row.ReadAccess());
        var file = new ConnectionFile
        {
            Provider = row.ProviderId,
            AuthType = row.Auth == ConnectionAuth.ApiKey ? Providers.AuthType.ApiKey : Providers.AuthType.Oauth2,
            Name = said.Name,
            Description = said.Description,
            Environment = said.Environment,
            Settings = said.Settings,
            IsDefault = said.IsDefault,
            AllowRawTokens = said.AllowRawTokens,
            ReturnCheck = said.ReturnCheck,
            RotationDays = said.RotationDays,
            Access = new AccessChange { View = Roles(access.View), Edit = Roles(access.Edit), Use = Roles(access.Use) },
        };
        if (row.Auth == ConnectionAuth.OAuth2)
        {
            (file.Credentials, file.Scopes) = (row.ClientId is null ? null : said.Credentials, said.Scopes);
        }

        return file;
    }

    private static IReadOnlyList<string?>? Roles(IReadOnlyList<string>? list) =>
        list is null ? null : [.. list.Where(entry => ConnectionAccess.RoleOf(entry) is not null || entry == ConnectionAccess.Agents)];
}

/// <summary>Files to import.</summary>
[SnakeCase]
public sealed class ConnectionImport
{
    public IReadOnlyList<ConnectionFile?>? Connections { get; init; }
}

/// <summary>What became of the files.</summary>
[SnakeCase]
public sealed record ImportAnswer
{
    /// <summary>Nothing was done: it says what would be.</summary>
    public required bool DryRun { get; init; }

    public required IReadOnlyList<ImportItem> Data { get; init; }
}

/// <summary>What becomes of one file.</summary>
/// <param name="Id">Null: it is only to be made.</param>
/// <param name="Changed">What is set or changed, by its path.</param>
[SnakeCase]
public sealed record ImportItem(string Name, ImportAction Action, string? Id, IReadOnlyList<string> Changed)
{
    internal static ImportItem Of(ConnectionDraft draft) => new(
        draft.Row.Name, draft.Row.Version == 0 ? ImportAction.Create : draft.ChangesNothing ? ImportAction.None : ImportAction.Update,
        draft.Row.Version == 0 ? null : draft.Row.Id, draft.Changed);
}

public enum ImportAction
{
    None,
    Create,
    Update,
}
