namespace AuthServer.Protocol.State;

/// <summary>What happened, in the words of the trail. It is stored in the same commit as the change it describes.</summary>
public sealed record AuditEvent
{
    /// <summary>What happened just now.</summary>
    public static AuditEvent Of(string type, string outcome, DateTimeOffset now) => new() { Id = Identifiers.New("aud_", now), At = now, Type = type, Outcome = outcome };

    /// <summary><c>aud_</c> and a lower-case ULID. The event of an issued access token carries the token's <c>jti</c> as its id.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Noun and verb: one of <see cref="AuditEventTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>One of <see cref="AuditOutcomes"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Whose rights were used: <c>usr_…</c>, or the client for what it does for itself.</summary>
    public string? Subject { get; init; }

    /// <summary>The OAuth client's <c>client_id</c>.</summary>
    public string? ClientId { get; init; }

    /// <summary>The agent that acted, or that it is about: <c>agt_…</c>.</summary>
    public string? AgentId { get; init; }

    /// <summary>Whose trail it belongs to: <c>acct_…</c>; null for what concerns no organization.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>The thing acted on: an authorization, a family, a session, a key.</summary>
    public string? Target { get; init; }

    /// <summary>Why it was refused, or how it was allowed: one stable word.</summary>
    public string? Reason { get; init; }

    /// <summary>The scopes concerned, separated by spaces.</summary>
    public string? Scope { get; init; }

    /// <summary>The policy that decided: <c>pol_…</c>.</summary>
    public string? PolicyId { get; init; }

    /// <summary>The caller's address as the server believes it. Erased with the person's account, as all that is personal.</summary>
    public string? Address { get; init; }

    /// <summary>What the caller's program says that it is. Erased with the person's account.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Other personal values, as a JSON object: an e-mail address, a name. Erased with the person's account, so never in <see cref="Detail"/>.</summary>
    public string? Personal { get; init; }

    /// <summary>The request's trace id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What else explains it, as a JSON object: grant type, scopes, resources, family. Never a secret.</summary>
    public string? Detail { get; init; }
}
