using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Approvals;

/// <summary>What a door knows of an act about which a person may be asked, beside what policies decide by.</summary>
public sealed record ApprovableAct
{
    /// <summary>On what, in full: what policies are told may be cut.</summary>
    public string? Target { get; init; }

    /// <summary>How some servers would read the same; null: no otherwise.</summary>
    public string? AlsoRead { get; init; }

    /// <summary>Through the vault: the connection's name; null: not.</summary>
    public string? ConnectionName { get; init; }

    /// <summary>The account or connection that is used, and what it is called at the provider.</summary>
    public string? AccountId { get; init; }

    /// <inheritdoc cref="AccountId"/>
    public string? AccountName { get; init; }

    /// <summary>Which of the account's two tokens; null: the first.</summary>
    public string? TokenKind { get; init; }

    /// <summary>What is acted on is the organization's own, whoever the agent acts for.</summary>
    public bool IsOfOrganization { get; init; }

    /// <summary>The consent by which the agent acts, and the delegations.</summary>
    public string? AuthorizationId { get; init; }

    /// <inheritdoc cref="AuthorizationId"/>
    public IReadOnlyList<string> Delegations { get; init; } = [];

    /// <summary>What else the API says of the act.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Details { get; init; }

    /// <summary>The same by the rights of a token; null: a credential of the agent's own.</summary>
    public ApprovableAct By(JwtClaims? claims) => claims is null ? this : this with
    {
        AuthorizationId = claims.Text(AccessToken.Names.AuthorizationId),
        Delegations = claims.TryGetStrings(AccessToken.Names.DelegationChain, out var chain) ? [.. chain] : [],
    };
}
