using AuthServer.Languages;

namespace AuthServer.Accounts;

/// <summary>What a browser says that it is, in words that its owner knows. Anybody can say anything: it helps to recognize, and decides nothing.</summary>
public static class DeviceName
{
    // The first that fits: most browsers also name those that they want to be taken for.
    private static readonly (string Sign, string Name)[] Programs =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
    ];

    public static string Of(string? userAgent, Language say) => (Find(Programs, userAgent), Find(Systems, userAgent)) switch
    {
        ({ } program, { } system) => say.T("{0} on {1}", program, system),
        ({ } program, null) => program,
        (null, { } system) => say.T("A program on {0}", system),
        _ => say.T("An unknown program"),
    };

    private static string? Find((string Sign, string Name)[] table, string? userAgent) =>
        userAgent is null ? null : table.FirstOrDefault(entry => userAgent.Contains(entry.Sign, StringComparison.Ordinal)).Name;
}
