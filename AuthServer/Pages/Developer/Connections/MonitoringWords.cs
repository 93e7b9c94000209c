using System.Globalization;
using AuthServer.Charts;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Monitoring;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Html;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What the page of a connection's numbers says in words.</summary>
internal static class MonitoringWords
{
    private static CultureInfo Culture => Texts.Language.Culture;

    public static string Count(long count) => count.ToString("#,0", Culture);

    public static string Share(double? share) => share is { } known ? T("{0} %", (known * 100).ToString("0.##", Culture)) : "–";

    public static string Milliseconds(double? milliseconds) => milliseconds switch
    {
        null => "–",
        >= 10_000 => T("{0} s", (milliseconds.Value / 1000).ToString("0.#", Culture)),
        _ => T("{0} ms", milliseconds.Value.ToString("0", Culture)),
    };

    public static string Rate(double perMinute) => perMinute >= 60 ? T("{0} a second", (perMinute / 60).ToString("0.#", Culture)) : T("{0} a minute", perMinute.ToString("0.##", Culture));

    public static IHtmlContent Moment(DateTimeOffset? at) => at is { } known ? Texts.Moment(known) : H("Not yet");

    /// <summary>A step of the table.</summary>
    public static IHtmlContent Step(DateTimeOffset at, int seconds)
    {
        var day = ChartData.DayPatternOf(Culture);
        return Time(at, at.ToUniversalTime().ToString(seconds >= 86_400 ? day : seconds >= 3600 ? day + ", HH:mm" : "HH:mm", Culture));
    }

    public static string OfCalls(UsageNumbers numbers) => T(
        "{0} calls, of which {1} were answered, {2} refused, and {3} failed.",
        numbers.Calls, numbers.Succeeded + numbers.Redirected, numbers.ClientErrors, numbers.ServerErrors + numbers.Unanswered);

    public static string OfLatency(UsageNumbers numbers) => numbers.P50Ms is null ? T("Nothing was called.")
        : T("Half of the calls took {0} or less, 95 of 100 took {1} or less.", Milliseconds(numbers.P50Ms), Milliseconds(numbers.P95Ms));

    public static string OfRefreshes(UsageNumbers numbers) => T("{0} refreshes went well, {1} failed.", numbers.Refreshed, numbers.RefreshesFailed);

    public static string NameOf(CountedError error) => error.Status is { } status ? string.Create(CultureInfo.InvariantCulture, $"{status} {error.Words}")
        : error.During == ErrorDuring.Refresh ? T("Refresh: {0}", error.Code) : error.Code ?? T(error.Words);

    /// <summary>What it means. What belongs to a status is HTTP's own word.</summary>
    public static IHtmlContent Meaning(CountedError error) => error.Status is null ? H("{0}", T(error.Words)) : H("<code>{0}</code>", error.Words);

    public static string NameOf(AgentUsage agent) => agent.AgentId is null ? T("Members") : agent.Name is { } name ? Names.Shown(name) : agent.AgentId;

    /// <summary>How the connection stands, and why.</summary>
    public static string OfConnection(AuthenticationState state)
    {
        var how = string.Join(", ", Enum.GetValues<ConnectionStatus>().Where(status => state.Connections.GetValueOrDefault(ConnectionWords.Snake(status)) > 0).Select(ConnectionWords.Of));
        return state.Fault is { } fault ? T("{0}: {1}", how, T(ProviderFaults.Of(fault)?.Words ?? fault)) : how;
    }

    public static string OfAccounts(AuthenticationState state) => state.Accounts == 0 ? T("None")
        : Counted(Enum.GetValues<AccountStatus>().Select(status => (ConnectionWords.Of(status), state.AccountsByStatus.GetValueOrDefault(ConnectionWords.Snake(status)))));

    public static string OfHealth(AuthenticationState state) =>
        Counted(Enum.GetValues<AccountHealth>().Select(health => (ConnectionWords.Of(health), state.AccountsByHealth.GetValueOrDefault(ConnectionWords.Snake(health)))));

    public static string NameOf(ProviderStatus status) => (status.State, status.Since) switch
    {
        (ProviderState.Operational, _) => T("The provider works"),
        (ProviderState.Degraded, { } since) => T("The provider has had trouble since {0}", Durations.Moment(since)),
        (ProviderState.Degraded, null) => T("The provider has trouble"),
        (ProviderState.Down, { } since) => T("The provider has been down since {0}", Durations.Moment(since)),
        (ProviderState.Down, null) => T("The provider is down"),
        _ => T("Nothing is known of the provider"),
    };

    public static string Why(ProviderStatus status) => T(status.Why);

    private static string Counted(IEnumerable<(string Word, long Count)> all) => string.Join(", ", all.Where(one => one.Count > 0).Select(one => T("{0}: {1}", one.Word, one.Count)));

    public static string LookOf(ProviderStatus status) => status.State switch
    {
        ProviderState.Operational => "good",
        ProviderState.Down => "danger",
        ProviderState.Degraded => "warning",
        _ => "plain",
    };
}
