using AuthServer.Vault.Providers;

namespace AuthServer.Pages.Connections;

/// <summary>What is said of a connected account in plain words.</summary>
internal static class ConnectWords
{
    /// <summary>How long an account lasts.</summary>
    public static string Lasts(Provider provider)
    {
        var (rules, name) = (provider.Oauth?.Refresh ?? new RefreshRules(), Names.Shown(provider.Name));
        return rules switch
        {
            { IdleSeconds: { } idle, AbsoluteSeconds: { } absolute } => Texts.T(
                "Until you take it back, here or at {0}. It ends by itself after {1}, or when it was not used for {2}.", name, In(absolute), In(idle)),
            { IdleSeconds: { } idle } => Texts.T("Until you take it back, here or at {0}. It ends by itself when it was not used for {1}.", name, In(idle)),
            { AbsoluteSeconds: { } absolute } => Texts.T("Until you take it back, here or at {0}. It ends by itself after {1}.", name, In(absolute)),
            _ => Texts.T("Until you take it back, here or at {0}.", name),
        };
    }

    private static string In(long seconds) => Durations.InWords(TimeSpan.FromSeconds(seconds));
}
