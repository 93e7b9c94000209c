using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>How a secret is replaced.</summary>
public class SecretRotation
{
    private const int LongestOverlap = 604_800;

    /// <summary>How long the present secret goes on beside the new one, in seconds: 0 to 604800 (a week). Left out: 0, it is dead at once.</summary>
    public int OverlapSeconds { get; set; }

    internal static Problem? Refuse(SecretRotation rotation) => rotation.OverlapSeconds is < 0 or > LongestOverlap
        ? Problem.Invalid("overlapSeconds", $"Give a number from 0 to {LongestOverlap}.")
        : null;
}

/// <summary>How the secret of an OAuth client is replaced.</summary>
public sealed class ClientSecretRotation : SecretRotation
{
    private static readonly Problem Overtaken = Problem.Conflict("secret_replaced", "The secret was replaced meanwhile. Nothing was done now.");

    /// <summary>The id of the secret that is to be replaced, <c>sec_…</c>: where another is in force, nothing is done. Left out: whichever is in force.</summary>
    public string? Replaces { get; set; }

    /// <summary>Whoever saw another secret than the one in force would end that unseen, and one more with it that goes on for a while.</summary>
    /// <param name="applicationId">The row's.</param>
    internal async Task<Problem?> RefuseAsync(AuthDbContext context, string applicationId, CancellationToken ct) =>
        Refuse(this) is { } refused ? refused
        : Replaces is null || Replaces == (await context.ClientSecrets.Where(secret => secret.ApplicationId == applicationId && secret.ExpiresAt == null)
            .OrderByDescending(secret => secret.Id).Select(secret => secret.Id).FirstOrDefaultAsync(ct) ?? "") ? null : Overtaken;
}
