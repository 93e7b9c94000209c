using AuthServer.Administration;
using AuthServer.Configuration;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>What is wrong with the installation, in words; the worst first.</summary>
internal static class TroubleWords
{
    public static IReadOnlyList<Trouble> Of(InstallationState state) => [.. All(state).OrderBy(trouble => trouble.Look)];

    public static string TitleOf(FindingKind kind) => kind switch
    {
        FindingKind.Development => T("The server runs as Development"),
        FindingKind.PlainIssuer => T("The issuer is plain http"),
        FindingKind.NoMail => T("No mail is sent"),
        FindingKind.OpenSignUp => T("Everybody may sign up"),
        FindingKind.OpenRegistration => T("Anybody may register a client"),
        FindingKind.Demo => T("There is demo data"),
        FindingKind.ConfiguredPeople => T("People are configured"),
        FindingKind.WrittenSecret => T("A secret stands in the configuration"),
        FindingKind.PrivateHosts => T("Private addresses may be reached"),
        _ => T("Nobody's forwarded headers are believed"),
    };

    public static string WordsOf(FindingKind kind) => kind switch
    {
        FindingKind.Development => T("Its rules are looser. For people other than you, set ASPNETCORE_ENVIRONMENT to Production."),
        FindingKind.PlainIssuer => T("Tokens and passwords can be read on the way. This is for a machine of your own."),
        FindingKind.NoMail => T("Whoever forgets their password waits for you to pass a link on."),
        FindingKind.OpenSignUp => T("In Production people usually come by invitation."),
        FindingKind.OpenRegistration => T("Without an initial access token, strangers fill the database."),
        FindingKind.Demo => T("Its secrets are random, but nobody outside should see it."),
        FindingKind.ConfiguredPeople => T("Whoever reads the configuration reads their passwords."),
        FindingKind.WrittenSecret => T("Put it into a file or the environment, and a reference here: file:… or env:…"),
        FindingKind.PrivateHosts => T("Make sure that each is meant: callers can make this server speak to them."),
        _ => T("It seems to be behind a proxy. Name the proxy, or all callers share one address, and its limits."),
    };

    private static IEnumerable<Trouble> All(InstallationState state)
    {
        foreach (var check in state.Health.Checks.Where(check => !check.IsGood))
        {
            yield return new(TroubleLook.Broken, T("The server is not ready: {0}", check.Name), check.Words ?? T("The check does not pass."), "/admin/health", T("Health"));
        }

        if (state.Trail is { IsBroken: true } trail)
        {
            yield return new(TroubleLook.Broken, T("The trail is broken"), T("It was read on {0}, and is not as it was written.", Durations.Moment(trail.At)), "/admin/trail", T("Trail"));
        }

        if (state.UnsealedSince is { } since)
        {
            yield return new(
                TroubleLook.Broken, T("The trail is not sealed"),
                T("What happened since {0} is under no signed checkpoint, though one is made each minute. The log tells why.", Durations.Moment(since)), "/admin/trail", T("Trail"));
        }

        foreach (var key in state.OverdueKeys)
        {
            yield return new(TroubleLook.Broken, T("A signing key should have been replaced"), T("The key {0} signs longer than it should: the schedule does not run. The log tells why.", key), "/admin/keys", T("Keys"));
        }

        foreach (var trouble in Mail(state).Concat(Vault(state)))
        {
            yield return trouble;
        }

        if (state.Health.Drift is { } drift && drift.Duration() > TimeSpan.FromSeconds(5))
        {
            yield return new(TroubleLook.Warning, T("Two clocks differ"), T("The database's clock is {0} from this machine's. Tokens may be refused.", Durations.InWords(drift.Duration())), "/admin/health", T("Health"));
        }

        foreach (var same in state.Findings.GroupBy(finding => finding.Kind))
        {
            yield return new(
                TroubleLook.Notice, TitleOf(same.Key), T("{0} ({1})", WordsOf(same.Key), string.Join(", ", same.Select(finding => finding.Key))), "/admin/configuration", T("Configuration"));
        }
    }

    private static IEnumerable<Trouble> Mail(InstallationState state)
    {
        if (state.MailsGivenUp > 0)
        {
            yield return new(TroubleLook.Warning, Count(state.MailsGivenUp, "{0} mail was given up", "{0} mails were given up"), T("They were never sent, and never will be."), "/admin/mails", T("Mail"));
        }

        if (state.MailsFailing > 0)
        {
            yield return new(TroubleLook.Warning, Count(state.MailsFailing, "{0} mail could not be sent yet", "{0} mails could not be sent yet"), T("The mail server does not take them. They are sent again."), "/admin/mails", T("Mail"));
        }

        if (state.MailsToPassOn > 0)
        {
            yield return new(TroubleLook.Warning, Count(state.MailsToPassOn, "{0} mail waits for you", "{0} mails wait for you"), T("No mail is sent here: pass them on."), "/admin/mails", T("Mail"));
        }

        if (state.DisabledWebhooks > 0)
        {
            yield return new(
                TroubleLook.Notice, Count(state.DisabledWebhooks, "{0} webhook was disabled", "{0} webhooks were disabled"), T("Nothing reached them for days, or their maker is gone. Their organizations see why."), null, null);
        }
    }

    private static IEnumerable<Trouble> Vault(InstallationState state)
    {
        if (state.Unwrapped > 0)
        {
            yield return new(
                TroubleLook.Warning, T("A rotation of the vault's key has not come to its end"),
                Count(state.Unwrapped, "{0} value is not under the newest key. Run: vault rotate-keys", "{0} values are not under the newest key. Run: vault rotate-keys"), "/admin/keys", T("Keys"));
        }

        if (state.HeldConnections > 0)
        {
            yield return new(
                TroubleLook.Warning, Count(state.HeldConnections, "{0} connection's refreshes are held", "{0} connections' refreshes are held"),
                T("The provider refuses so many accounts at once that it is not believed."), "/admin/providers", T("Providers"));
        }

        if (state.FailingConnections > 0)
        {
            yield return new(TroubleLook.Warning, Count(state.FailingConnections, "{0} connection does not work", "{0} connections do not work"), T("Their organizations see why."), "/admin/providers", T("Providers"));
        }

        if (state.FailingAccounts > 0)
        {
            yield return new(
                TroubleLook.Warning, Count(state.FailingAccounts, "{0} connected account cannot be refreshed", "{0} connected accounts cannot be refreshed"), T("They are tried again."), "/admin/providers", T("Providers"));
        }
    }
}
