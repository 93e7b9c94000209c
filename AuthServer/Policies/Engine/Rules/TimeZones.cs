using System.Text.RegularExpressions;

namespace AuthServer.Policies.Engine.Rules;

internal static partial class TimeZones
{
    /// <summary>By IANA name, exactly written. Null: unknown.</summary>
    public static TimeZoneInfo? Find(string name) =>
        IanaName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId && zone.Id == name ? zone : null;

    // The system looks names up as files.
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z][A-Za-z0-9_+-]{0,31}){0,2}\\z")]
    private static partial Regex IanaName();
}
