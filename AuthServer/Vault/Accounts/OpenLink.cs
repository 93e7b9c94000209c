using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Accounts;

/// <summary>A link that somebody has in front of them, with all that the page says of it.</summary>
public sealed record OpenLink
{
    public required AccountLink Link { get; init; }

    public required Connection Connection { get; init; }

    public required Provider Provider { get; init; }

    public required string Organization { get; init; }

    /// <summary>Whether nothing can be linked by it, now: its connection is off, or its organization was stopped by an administrator of the server.</summary>
    public bool IsUnusable => IsOfSuspended || AccountLinks.Unusable(Connection) is not null;

    public bool IsOfSuspended { get; init; }

    /// <summary>The agent that asks; null: none is named.</summary>
    public string? Agent { get; init; }

    public IReadOnlyList<ProviderScope> Required => [.. Described(Link.Scopes)];

    public IReadOnlyList<ProviderScope> Optional => [.. Described(Link.OptionalScopes)];

    /// <summary>Whether the account is the organization's, and serves all of its members.</summary>
    public bool IsShared => Link.IdentifierType == ConnectedAccounts.OrganizationType;

    /// <summary>Whether its person is shown a code in the end, since nothing leads back to the application.</summary>
    public bool EndsWithCode => Connection.ReturnCheck == ReturnCheck.App && Link is { RedirectUri: null, UserId: null };

    /// <summary>What was asked for and not granted.</summary>
    public IReadOnlyList<ProviderScope> Missing(OAuthRules oauth)
    {
        var missing = ScopeGrants.Missing(oauth, [.. Required.Concat(Optional).Select(scope => scope.Name)], ConnectedAccountItem.ListOf(Link.GrantedScopes));
        return [.. Required.Concat(Optional).Where(scope => missing.Contains(scope.Name))];
    }

    private IEnumerable<ProviderScope> Described(string json) => (ConnectedAccountItem.ListOf(json) ?? [])
        .Select(name => Provider.Oauth?.Scopes.Find(name) ?? new ProviderScope { Name = name, Words = "" });
}

/// <summary>What became of a link that was opened.</summary>
public enum LinkAnswer
{
    Open,

    /// <summary>It is unknown, over or used.</summary>
    NotGood,

    /// <summary>It belongs to another browser.</summary>
    OtherBrowser,

    /// <summary>Its owner has to sign in first.</summary>
    SignIn,

    /// <summary>Somebody else is signed in than its owner.</summary>
    OtherPerson,

    /// <summary>The connection is not active any more.</summary>
    Unusable,
}

/// <param name="Link">Null where there is none to show.</param>
public sealed record LinkVisit(LinkAnswer Answer, OpenLink? Link = null);

/// <summary>What became of somebody who came back from a provider.</summary>
/// <param name="Link">The attempt that it belongs to; null: nobody knows.</param>
/// <param name="RedirectTo">Where the browser goes; null: it stays here.</param>
public sealed record Returned(AccountLink? Link, string? RedirectTo, ProviderFault? Fault)
{
    /// <summary>Whether it came back in a window that a script has opened.</summary>
    public bool InWindow { get; init; }
}
