using AuthServer.Vault.Usage;

namespace AuthServer.Vault.Providers;

/// <summary>Accounts and keys of one organization that saw the same of a provider.</summary>
/// <param name="Trouble">Null: it did its work.</param>
/// <param name="Since">When the first of them saw it; null: there is no trouble.</param>
public sealed record ProviderEvidence(string OrganizationId, ProviderTrouble? Trouble, int Credentials, DateTimeOffset? Since);

/// <summary>What follows from what everybody saw. One organization is one voice, however much it calls, and only several can speak for all: so neither one with a broken
/// set-up nor one that means harm makes a provider look down, and nobody learns of what a single other one saw.</summary>
public static class ProviderJudgement
{
    private const int Several = 2;

    // Of all voices; an organization has trouble where half of its accounts have.
    private const double Some = 0.2;
    private const double Nearly = 0.8;
    private const double Half = 0.5;

    private static readonly ProviderStatus NothingSeen = new(ProviderState.Unknown, null, "Too little was called lately to say it.", null);

    /// <param name="organizationId">Whom it is told.</param>
    public static ProviderStatus Of(IReadOnlyList<ProviderEvidence> seen, string organizationId)
    {
        var voices = seen.GroupBy(one => one.OrganizationId).Select(VoiceOf).ToList();
        var own = voices.Find(voice => voice.OrganizationId == organizationId);
        if (Worst(voices) is { } all)
        {
            // Whoever is answered is not told that nobody is.
            var state = own is { Trouble: null } ? ProviderState.Degraded : all.State;
            return new(state, all.Since, $"{(state == ProviderState.Down ? "Nearly all" : "Several")} organizations of this server see it: {Words(all.Trouble)}", StatusScope.Installation);
        }

        if (own is { Trouble: { } trouble, Troubled: >= Several })
        {
            var state = own.Troubled >= Nearly * own.Credentials ? ProviderState.Down : ProviderState.Degraded;
            return new(state, own.Since, $"Several accounts of your organization see it: {Words(trouble)}", StatusScope.Organization);
        }

        var others = voices.Count(voice => voice.Trouble is null && voice.OrganizationId != organizationId);
        return own?.IsAnswered == true ? new(ProviderState.Operational, null, "Your organization's calls are answered.", StatusScope.Organization)
            : others >= Several ? new(ProviderState.Operational, null, "Calls of several organizations of this server are answered.", StatusScope.Installation)
            : NothingSeen;
    }

    private static Verdict? Worst(List<Voice> voices)
    {
        var worst = voices.Where(voice => voice.Trouble is not null).GroupBy(voice => voice.Trouble!.Value).OrderByDescending(same => same.Count()).ThenBy(same => same.Key).FirstOrDefault();
        if (worst is null || worst.Count() < Several || worst.Count() < Some * voices.Count)
        {
            return null;
        }

        // From then on it was more than one.
        var since = worst.Select(voice => voice.Since).Order().ElementAt(Several - 1);
        return new Verdict(worst.Count() >= Nearly * voices.Count ? ProviderState.Down : ProviderState.Degraded, worst.Key, since);
    }

    private static Voice VoiceOf(IGrouping<string, ProviderEvidence> seen)
    {
        var (all, isAnswered) = (seen.Sum(one => one.Credentials), seen.Any(one => one.Trouble is null));
        var most = seen.Where(one => one.Trouble is not null).MaxBy(one => one.Credentials);
        return most is not null && most.Credentials >= Half * all ? new Voice(seen.Key, most.Trouble, most.Credentials, all, most.Since, isAnswered) : new Voice(seen.Key, null, 0, all, null, isAnswered);
    }

    private static string Words(ProviderTrouble trouble) => trouble switch
    {
        ProviderTrouble.NoAnswer => "its API does not answer.",
        ProviderTrouble.ServerErrors => "its API answers with errors of its own (5xx).",
        _ => "it does not renew tokens.",
    };

    /// <param name="Troubled">How many of its accounts and keys see the trouble.</param>
    /// <param name="IsAnswered">Whether any of them does not.</param>
    private sealed record Voice(string OrganizationId, ProviderTrouble? Trouble, int Troubled, int Credentials, DateTimeOffset? Since, bool IsAnswered);

    private sealed record Verdict(ProviderState State, ProviderTrouble Trouble, DateTimeOffset? Since);
}
