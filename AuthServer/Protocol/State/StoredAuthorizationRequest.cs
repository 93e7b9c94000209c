namespace AuthServer.Protocol.State;

/// <summary>An authorization request that waits for a person, and the facts that pages have added to it.</summary>
public sealed record StoredAuthorizationRequest
{
    /// <summary>The only thing of it that travels in a URL.</summary>
    public required string Id { get; init; }

    /// <summary>The request's parameters as received, form-encoded.</summary>
    public required string Parameters { get; init; }

    /// <summary>SHA-256 of the browser's flow cookie: nobody else may finish what this browser began. Empty where an agent filed the
    /// request: no browser began it, and programs that look at links in mails must not take it from its person.</summary>
    public required string BrowserHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whom the cap counts it for: the caller's address; of what was filed, the application where it proved to be the agent, else the
    /// caller's network.</summary>
    public required string Address { get; init; }

    /// <summary>The only person who may answer a request that an agent filed; null: anybody who signs in.</summary>
    public string? ForSubject { get; init; }

    /// <summary>The scopes that a person cannot leave out, of a request that an agent filed; null for a request that came by the authorization endpoint.</summary>
    public IReadOnlyList<string>? RequiredScopes { get; init; }

    /// <summary>Whether an agent filed it: then its code is for that agent's exchange alone.</summary>
    public bool IsFiled => RequiredScopes is not null;

    /// <summary>The only person whom it is for: the one it was filed for, or who has answered what was filed for anybody. Null: whoever has it.</summary>
    public string? OnlySubject => ForSubject ?? (IsFiled ? ConsentSubject : null);

    /// <summary>The person who chose, on the account page, to go on as themselves.</summary>
    public string? SelectedSubject { get; init; }

    /// <summary>What was unticked in answers that did not count, because the person had to sign in first: where the page asks again, nobody but they tick it. Nothing takes it back while
    /// the request waits.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The person who answered the consent page.</summary>
    public string? ConsentSubject { get; init; }

    /// <summary>The authorization that the consent page made; null with a <see cref="ConsentSubject"/>: refused.</summary>
    public string? AuthorizationId { get; init; }
}
