using System.Globalization;

namespace AuthServer.Languages;

/// <summary>How this process writes. Whatever the machine's own language is, programs get the same bytes everywhere: only what a reader's language was chosen for is
/// written in it, by <see cref="CultureInfo.CurrentUICulture"/>; <see cref="CultureInfo.CurrentCulture"/> is nobody's, always.</summary>
public static class Cultures
{
    public static void Pin()
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = Language.English.Culture;
    }
}
