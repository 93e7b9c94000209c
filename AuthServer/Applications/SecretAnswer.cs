namespace AuthServer.Applications;

/// <summary>What is known of a secret: everything but the secret.</summary>
/// <param name="Id"><c>sec_…</c></param>
/// <param name="Hint">Its first characters.</param>
/// <param name="ExpiresAt">When its overlap ends; null: it does not expire.</param>
public sealed record SecretAnswer(string Id, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    internal static SecretAnswer Of(ClientSecret row) => new(row.Id, row.Hint, row.CreatedAt, row.ExpiresAt);
}

/// <summary>A new secret, which is shown this once.</summary>
/// <param name="ClientSecret"><c>ags_…</c></param>
/// <param name="PreviousSecretExpiresAt">Until when the one before goes on; null: it is dead.</param>
public sealed record RotatedSecret(string ClientSecret, SecretAnswer Secret, DateTimeOffset? PreviousSecretExpiresAt)
{
    /// <summary>A record prints its members; the secret is not for printing.</summary>
    public override string ToString() => Secret.Id;
}
