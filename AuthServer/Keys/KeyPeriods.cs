namespace AuthServer.Keys;

/// <param name="RotateEvery">How long a key signs.</param>
/// <param name="PublishAhead">How long it is published before it signs.</param>
/// <param name="LongestToken">The longest lifetime of any signed token, clients' own settings included.</param>
public sealed record KeyPeriods(TimeSpan RotateEvery, TimeSpan PublishAhead, TimeSpan LongestToken)
{
    /// <summary>A node learns of a rotation with its next reload and by a clock of its own; until then it signs with the key before.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);
}
