using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Accounts;

/// <summary>An account that is to be linked.</summary>
public sealed class NewConnectedAccount
{
    /// <summary>The connection, <c>conn_…</c></summary>
    public string? ConnectionId { get; set; }

    /// <summary>Your own name of whose account it is: at most 200 characters.</summary>
    public string? Identifier { get; set; }

    /// <summary><c>user_id</c>, <c>org_id</c> or another word of yours; null: <c>user_id</c>.</summary>
    public string? IdentifierType { get; set; }
}

/// <summary>What a link is for; all of it optional.</summary>
public sealed class NewAccountLink
{
    /// <summary>One of the connection's return URLs; null: the first of them.</summary>
    public string? RedirectUri { get; set; }

    /// <summary>Of the connection's scopes, those that are required; null: all.</summary>
    public IReadOnlyList<string?>? Scopes { get; set; }

    /// <summary>Of the connection's scopes, those that the person may leave out.</summary>
    public IReadOnlyList<string?>? OptionalScopes { get; set; }

    /// <summary>Whether another account at the provider may take the place of the one that is connected, whose grant is taken back then.</summary>
    public bool Replace { get; set; }

    /// <summary>The agent that asks for it, <c>agt_…</c>: the page names it.</summary>
    public string? AgentId { get; set; }

    /// <summary>Comes back unchanged with our code: bind it to your user's session, and compare it.</summary>
    public string? State { get; set; }
}

/// <summary>A link for one browser. No record: it must never be printed.</summary>
[SnakeCase]
public sealed class AccountLinkItem
{
    /// <summary>Send your user's browser there. It works once, in one browser.</summary>
    public required string Url { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public override string ToString() => "AccountLinkItem (redacted)";
}

/// <summary>A connected account as its organization sees it: never a token.</summary>
[SnakeCase]
public sealed class ConnectedAccountItem
{
    public required string Id { get; init; }

    public required string ConnectionId { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Provider { get; init; }

    public required string Identifier { get; init; }

    public required string IdentifierType { get; init; }

    public required AccountStatus Status { get; init; }

    /// <summary>Why it is not active, or what is wrong: a code of the list of faults.</summary>
    public string? Reason { get; init; }

    /// <summary>The same in words.</summary>
    public string? ReasonWords { get; init; }

    public string? NextStep { get; init; }

    /// <summary>How calls fare, apart from the status.</summary>
    public required AccountHealth Health { get; init; }

    /// <summary>Whether it was made sure that who came back from the provider is its owner.</summary>
    public required bool Verified { get; init; }

    /// <summary>How its account there is called.</summary>
    public string? ProviderAccount { get; init; }

    /// <summary>Absent: the provider does not say.</summary>
    public IReadOnlyList<string>? GrantedScopes { get; init; }

    /// <summary>Asked for and not granted.</summary>
    public required IReadOnlyList<string> MissingScopes { get; init; }

    /// <summary>When the access token expires. It is renewed before: an account whose access token has expired is still active.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? ConnectedAt { get; init; }

    public DateTimeOffset? LastRefreshedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    internal static ConnectedAccountItem Of(ConnectedAccount row, string providerId, Provider? provider)
    {
        var (granted, asked) = (ListOf(row.GrantedScopes), ListOf(row.AskedScopes));
        var fault = ProviderFaults.Of(row.Fault);
        return new ConnectedAccountItem
        {
            Id = row.Id,
            ConnectionId = row.ConnectionId,
            Provider = providerId,
            Identifier = row.Identifier,
            IdentifierType = row.IdentifierType,
            Status = row.Status,
            Reason = row.Fault,
            ReasonWords = fault?.Words,
            NextStep = fault?.NextStep ?? (row.Status == AccountStatus.Pending ? "Make a link with auth-url, and send the account's owner there." : null),
            Health = row.Health,
            Verified = row.IsVerified,
            ProviderAccount = row.ProviderName,
            GrantedScopes = granted,
            MissingScopes = asked is null || provider?.Oauth is not { } oauth ? [] : ScopeGrants.Missing(oauth, asked, granted),
            ExpiresAt = row.AccessExpiresAt,
            ConnectedAt = row.ConnectedAt,
            LastRefreshedAt = row.LastRefreshedAt,
            LastUsedAt = row.LastUsedAt,
            CreatedAt = row.CreatedAt,
            UpdatedAt = row.UpdatedAt,
        };
    }

    internal static IReadOnlyList<string>? ListOf(string? json) => json is null ? null : JsonSerializer.Deserialize<List<string>>(json);
}

/// <summary>What became of a deleted account's grant at its provider.</summary>
[SnakeCase]
public sealed class DeletedAccount(string id, GrantEnd end)
{
    public string Id { get; } = id;

    public GrantEnd ProviderGrant { get; } = end;

    /// <summary>The same in words.</summary>
    public string Words { get; } = GrantRevocations.WordsOf(end);
}
