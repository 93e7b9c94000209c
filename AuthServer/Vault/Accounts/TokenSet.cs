namespace AuthServer.Vault.Accounts;

/// <summary>What a provider gave for an account. It exists sealed, or in memory for as long as a call takes.</summary>
public sealed record TokenSet
{
    public required string AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>The refresh token before this one, for as long as the provider's grace lasts.</summary>
    public string? PreviousRefreshToken { get; init; }

    /// <summary>Null: never, or nobody knows.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Null: it does not expire by a moment that is known.</summary>
    public DateTimeOffset? RefreshExpiresAt { get; init; }

    /// <summary>Null: the provider does not say.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>What was learned of the account when it was linked, by the names of the provider's fields; null: nothing.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    /// <summary>What people call the values of <see cref="Fields"/> that they chose; null: nothing was chosen.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>What is still to be chosen; null: nothing.</summary>
    public IReadOnlyList<OfferedField>? Offered { get; init; }

    /// <summary>A second token of another kind in the same answer, such as a user's beside a bot's.</summary>
    public TokenSet? Secondary { get; init; }

    public override string ToString() => "TokenSet (redacted)";
}

/// <summary>A field of an account for which its provider offers several values, such as the sites that a person can open.</summary>
/// <param name="Name">The field's, in the provider's definition.</param>
public sealed record OfferedField(string Name, IReadOnlyList<OfferedValue> Values);

/// <param name="Label">What people call it.</param>
public sealed record OfferedValue(string Value, string Label);
