using AuthServer.Protocol.Clients;

namespace AuthServer.Protocol.State;

/// <summary>What an authorization gave, and how the person had signed in when it was given: carried from the code to every token of its family.</summary>
public sealed record GrantedRights
{
    /// <summary>The row id of the authorization (consent) that these rights come from.</summary>
    public required string AuthorizationId { get; init; }

    /// <summary>The end of that authorization, which nothing outlives that comes from it; null: until taken back.</summary>
    public DateTimeOffset? AuthorizationExpiresAt { get; init; }

    /// <summary>The family that the code's redemption opens: <c>fam_…</c>.</summary>
    public required string FamilyId { get; init; }

    /// <summary>The family of the person's own token that was exchanged for these, with which they end too; null: they come from no other token.</summary>
    public string? SubjectFamilyId { get; init; }

    /// <summary>The application's row id.</summary>
    public required string ApplicationId { get; init; }

    /// <summary>The person, <c>usr_…</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The agent that acts for the person; null where the application itself does.</summary>
    public AgentIdentity? Actor { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>RFC 8707 resources; empty: the issuer itself.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The sign-in session, OIDC's <c>sid</c>.</summary>
    public required string SessionId { get; init; }

    public required DateTimeOffset AuthTime { get; init; }

    public string? Acr { get; init; }

    /// <summary>RFC 8176 methods of the sign-in, such as <c>pwd</c>.</summary>
    public IReadOnlyList<string> Amr { get; init; } = [];

    /// <summary>OIDC Core §5.5 claims asked for by name, for the ID token and for userinfo.</summary>
    public IReadOnlyList<string> IdTokenClaims { get; init; } = [];

    public IReadOnlyList<string> UserInfoClaims { get; init; } = [];

    /// <summary>What must be proven beside the code or refresh token; null: nothing.</summary>
    public SenderConstraint? Sender { get; init; }
}
