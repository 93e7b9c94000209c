using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Accounts;

/// <summary>How an account stands, as its owner is told: by what they can do about it.</summary>
public enum AccountStanding
{
    Connected,

    /// <summary>Nobody but its owner can make it work again.</summary>
    NeedsYou,
    Off,
}

/// <summary>A connected account as its person sees it, or a member theirs of an organization.</summary>
public sealed record PersonalAccount
{
    public required ConnectedAccount Account { get; init; }

    public required Connection Connection { get; init; }

    /// <summary>Null: the provider is not there any more.</summary>
    public Provider? Provider { get; init; }

    /// <summary>Whose connection it is.</summary>
    public required string Organization { get; init; }

    /// <summary>Whether it is the organization's, and serves all of its members.</summary>
    public required bool IsShared { get; init; }

    /// <summary>Whether this person may connect it again, and end it.</summary>
    public required bool MayChange { get; init; }

    /// <summary>Agents that used it lately, the last one first.</summary>
    public IReadOnlyList<AccountAgent> Agents { get; init; } = [];

    /// <summary>What it works with, where there was a choice.</summary>
    public IReadOnlyList<(ConnectionField Field, string Label)> WorksWith { get; init; } = [];

    public string ProviderName => Provider?.Name ?? Connection.ProviderId;

    /// <summary>Whether there is something to end.</summary>
    public bool IsLinked => Account.Tokens is not null;

    public AccountStanding Standing => Connection.Status != ConnectionStatus.Active ? AccountStanding.Off : Account.Status switch
    {
        AccountStatus.Active => AccountStanding.Connected,
        AccountStatus.Expired => AccountStanding.NeedsYou,
        AccountStatus.Error when ProviderFaults.Of(Account.Fault)?.Kind is not FaultKind.Connection => AccountStanding.NeedsYou,
        _ => AccountStanding.Off,
    };

    /// <summary>What is wrong; null: nothing that is known.</summary>
    public ProviderFault? Fault => ProviderFaults.Of(Account.Fault)
        ?? (Connection.Status == ConnectionStatus.Active ? null : ProviderFaults.Of(Connection.Fault) ?? LinkFaults.Inactive);

    /// <summary>What it may do; null: the provider does not say.</summary>
    public IReadOnlyList<ProviderScope>? Granted => ConnectedAccountItem.ListOf(Account.GrantedScopes)?.Select(Described).DistinctBy(scope => scope.Name).ToList();

    /// <summary>What was asked for and not granted.</summary>
    public IReadOnlyList<ProviderScope> Missing => ConnectedAccountItem.ListOf(Account.AskedScopes) is { } asked && Provider?.Oauth is { } oauth
        ? [.. ScopeGrants.Missing(oauth, asked, ConnectedAccountItem.ListOf(Account.GrantedScopes)).Select(Described)]
        : [];

    private ProviderScope Described(string name) => Provider?.Oauth?.Scopes.Find(name) ?? new ProviderScope { Name = name, Words = "" };
}

/// <summary>An agent that calls by an account.</summary>
/// <param name="Name">Null: it is gone.</param>
public sealed record AccountAgent(string Id, string? Name, DateTimeOffset LastUsedAt);
