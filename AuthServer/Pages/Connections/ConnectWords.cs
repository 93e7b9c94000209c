using AuthServer.Vault.Providers;

namespace AuthServer.Pages.Connections;

/// <summary>What is said of a connected account in plain words.</summary>
internal static class ConnectWords
{
    /// <summary>How long an account lasts.</summary>
    public static string Lasts(Provider provider)
    {
        var rules = provider.Oauth?.Refresh ?? new RefreshRules();
        var ends = rules switch
        {
            { IdleSeconds: { } idle, AbsoluteSeconds: { } absolute } => $" It ends by itself after {In(absolute)}, or when it was not used for {In(idle)}.",
            { IdleSeconds: { } idle } => $" It ends by itself when it was not used for {In(idle)}.",
            { AbsoluteSeconds: { } absolute } => $" It ends by itself after {In(absolute)}.",
            _ => "",
        };
        return $"Until you take it back, here or at {Names.Shown(provider.Name)}.{ends}";
    }

    private static string In(long seconds) => Durations.InWords(TimeSpan.FromSeconds(seconds));
}
