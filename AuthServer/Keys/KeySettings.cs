namespace AuthServer.Keys;

/// <summary>Where the keys are and how long they serve.</summary>
/// <param name="Directory">Absolute, or relative to <paramref name="Home"/>.</param>
/// <param name="MasterKey">The master key in base64, or where it is: <c>file:</c>, <c>env:</c>, <c>command:</c>. Null: a file in <paramref name="Directory"/>.</param>
/// <param name="Home">What relative paths are relative to.</param>
public sealed record KeySettings(string Directory, string? MasterKey, string Home, KeyPeriods Periods)
{
    // A record prints its members; this one may be the key itself.
    public override string ToString() => $"KeySettings {{ Directory = {Directory} }}";
}
