using AuthServer.Http.Api;

namespace AuthServer.Applications;

/// <summary>How a secret is replaced.</summary>
public sealed class SecretRotation
{
    private const int LongestOverlap = 604_800;

    /// <summary>How long the present secret goes on beside the new one, in seconds: 0 to 604800 (a week). Left out: 0, it is dead at once.</summary>
    public int OverlapSeconds { get; set; }

    internal static Problem? Refuse(SecretRotation rotation) => rotation.OverlapSeconds is < 0 or > LongestOverlap
        ? Problem.Invalid("overlapSeconds", $"Give a number from 0 to {LongestOverlap}.")
        : null;
}
