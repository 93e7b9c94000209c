using System.Globalization;
using AuthServer.Vault.Monitoring;
using AuthServer.Vault.Providers;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What the page of a connection's numbers says in words.</summary>
internal static class MonitoringWords
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Count(long count) => count.ToString("#,0", Culture);

    public static string Share(double? share) => share is { } known ? (known * 100).ToString("0.##", Culture) + " %" : "–";

    public static string Milliseconds(double? milliseconds) => milliseconds switch
    {
        null => "–",
        >= 10_000 => (milliseconds.Value / 1000).ToString("0.#", Culture) + " s",
        _ => milliseconds.Value.ToString("0", Culture) + " ms",
    };

    public static string Rate(double perMinute) => perMinute >= 60 ? $"{perMinute / 60:0.#}".Replace(',', '.') + " a second" : perMinute.ToString("0.##", Culture) + " a minute";

    public static string Moment(DateTimeOffset? at) => at is { } known ? Durations.Moment(known) : "Not yet";

    /// <summary>A step of the table.</summary>
    public static string Step(DateTimeOffset at, int seconds) => at.ToUniversalTime().ToString(seconds >= 86_400 ? "d MMM" : seconds >= 3600 ? "d MMM, HH:mm" : "HH:mm", Culture);

    public static string OfCalls(UsageNumbers numbers) =>
        $"{Count(numbers.Calls)} calls, of which {Count(numbers.Succeeded + numbers.Redirected)} were answered, {Count(numbers.ClientErrors)} refused, and {Count(numbers.ServerErrors + numbers.Unanswered)} failed.";

    public static string OfLatency(UsageNumbers numbers) =>
        numbers.P50Ms is null ? "Nothing was called." : $"Half of the calls took {Milliseconds(numbers.P50Ms)} or less, 95 of 100 took {Milliseconds(numbers.P95Ms)} or less.";

    public static string OfRefreshes(UsageNumbers numbers) => $"{Count(numbers.Refreshed)} refreshes went well, {Count(numbers.RefreshesFailed)} failed.";

    public static string NameOf(CountedError error) =>
        error.Status is { } status ? string.Create(Culture, $"{status} {error.Words}") : error.During == ErrorDuring.Refresh ? $"Refresh: {error.Code}" : error.Code ?? error.Words;

    public static string NameOf(AgentUsage agent) => agent.AgentId is null ? "Members" : agent.Name is { } name ? Names.Shown(name) : agent.AgentId;

    public static string NameOf(ProviderStatus status) => status.State switch
    {
        ProviderState.Operational => "The provider works",
        ProviderState.Degraded => "The provider has trouble",
        ProviderState.Down => "The provider is down",
        _ => "Nothing is known of the provider",
    };

    public static string LookOf(ProviderStatus status) => status.State switch
    {
        ProviderState.Operational => "good",
        ProviderState.Down => "danger",
        ProviderState.Degraded => "warning",
        _ => "plain",
    };
}
