using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>What is known of a secret: everything but the secret.</summary>
/// <param name="Id"><c>sec_…</c></param>
/// <param name="Hint">Its first characters.</param>
/// <param name="ExpiresAt">When its overlap ends; null: it does not expire.</param>
public sealed record SecretAnswer(string Id, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    internal static SecretAnswer Of(ClientSecret row) => new(row.Id, row.Hint, row.CreatedAt, row.ExpiresAt);

    /// <summary>Those that a client may prove itself by now, newest first.</summary>
    /// <param name="applicationId">The row's.</param>
    internal static async Task<Page<SecretAnswer>> OfClientAsync(AuthDbContext context, string applicationId, DateTimeOffset now, CancellationToken ct)
    {
        var secrets = await context.ClientSecrets.AsNoTracking().Where(secret => secret.ApplicationId == applicationId && (secret.ExpiresAt == null || secret.ExpiresAt > now))
            .OrderByDescending(secret => secret.Id).ToListAsync(ct);
        return new Page<SecretAnswer>([.. secrets.Select(Of)], new PageMeta(secrets.Count, secrets.Count));
    }
}

/// <summary>A new secret, which is shown this once.</summary>
/// <param name="ClientSecret"><c>ags_…</c></param>
/// <param name="PreviousSecretExpiresAt">Until when the one before goes on; null: it is dead.</param>
public sealed record RotatedSecret(string ClientSecret, SecretAnswer Secret, DateTimeOffset? PreviousSecretExpiresAt)
{
    /// <summary>A record prints its members; the secret is not for printing.</summary>
    public override string ToString() => Secret.Id;
}
