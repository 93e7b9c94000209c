namespace AuthServer.Tests.Support;

/// <summary>How a <see cref="FakeProvider"/> behaves, for as long as it is set.</summary>
public sealed record FakeProviderRules
{
    /// <summary>Whether a refresh gives a new refresh token, and the old one is spent.</summary>
    public bool Rotates { get; init; } = true;

    /// <summary>How long a spent refresh token is still good. Afterwards its reuse ends the whole grant.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.Zero;

    /// <summary>Whether a refresh that does not rotate says its refresh token again.</summary>
    public bool RepeatsRefreshToken { get; init; }

    /// <summary>Whether the first answer has a refresh token.</summary>
    public bool GivesRefreshToken { get; init; } = true;

    /// <summary>Whether the access token before a refresh dies with it.</summary>
    public bool EndsOldAccess { get; init; }

    public TimeSpan AccessLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether answers say when the access token expires.</summary>
    public bool SaysExpiry { get; init; } = true;

    /// <summary>Whether answers say which scopes were granted.</summary>
    public bool SaysScope { get; init; } = true;

    /// <summary>Scopes that the person does not grant.</summary>
    public IReadOnlyList<string> Unticked { get; init; } = [];

    /// <summary>Instead of a code.</summary>
    public string? AuthorizeError { get; init; }

    /// <summary>Whether the client secret is taken for another one: it has expired there.</summary>
    public bool RefusesClient { get; init; }

    /// <summary>What a dead refresh token is answered with.</summary>
    public string DeadCode { get; init; } = "invalid_grant";

    /// <summary>With which status errors of the token endpoint are told; some say 200.</summary>
    public int ErrorStatus { get; init; } = 400;

    /// <summary>Whether the token endpoint answers as a form, not as JSON.</summary>
    public bool AnswersForms { get; init; }
}
