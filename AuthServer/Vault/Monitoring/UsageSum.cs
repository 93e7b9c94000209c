using System.Globalization;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Usage;
using Microsoft.AspNetCore.WebUtilities;

namespace AuthServer.Vault.Monitoring;

/// <summary>Rows of use, added up.</summary>
internal sealed class UsageSum
{
    private readonly long[] _latency = new long[Latencies.Bounds.Count + 1];
    private readonly Dictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly ConnectionUsage _sum = new();

    public long Calls => _sum.Calls;

    public void Add(ReadUsage read)
    {
        var row = read.Row;
        _sum.Calls += row.Calls;
        _sum.Unanswered += row.Unanswered;
        _sum.Succeeded += row.Succeeded;
        _sum.Redirected += row.Redirected;
        _sum.ClientErrors += row.ClientErrors;
        _sum.ServerErrors += row.ServerErrors;
        _sum.RateLimited += row.RateLimited;
        _sum.Refreshed += row.Refreshed;
        _sum.RefreshesFailed += row.RefreshesFailed;
        foreach (var (place, count) in read.Latency.Index())
        {
            _latency[place] += count;
        }

        foreach (var (kind, count) in read.Errors)
        {
            _errors[kind] = _errors.GetValueOrDefault(kind) + count;
        }
    }

    /// <param name="empty">What the numbers are of.</param>
    /// <param name="span">How long it was.</param>
    public T Write<T>(T empty, TimeSpan span)
        where T : UsageNumbers => (T)(empty with
        {
            Calls = _sum.Calls,
            CallsPerMinute = Rounded(_sum.Calls / span.TotalMinutes),
            CallsPerSecond = Rounded(_sum.Calls / span.TotalSeconds),
            Succeeded = _sum.Succeeded,
            Redirected = _sum.Redirected,
            ClientErrors = _sum.ClientErrors,
            ServerErrors = _sum.ServerErrors,
            Unanswered = _sum.Unanswered,
            ErrorRate = _sum.Calls == 0 ? null : Rounded((_sum.ClientErrors + _sum.ServerErrors + _sum.Unanswered) / (double)_sum.Calls),
            RateLimited = _sum.RateLimited,
            Refreshed = _sum.Refreshed,
            RefreshesFailed = _sum.RefreshesFailed,
            P50Ms = Latencies.Percentile(_latency, 0.5) is { } half ? Math.Round(half, 1) : null,
            P95Ms = Latencies.Percentile(_latency, 0.95) is { } most ? Math.Round(most, 1) : null,
        });

    /// <summary>Most frequent first.</summary>
    public IReadOnlyList<CountedError> TopErrors(int most) =>
        [.. _errors.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(most).Select(pair => ErrorOf(pair.Key, pair.Value))];

    private static CountedError ErrorOf(string kind, long count)
    {
        if (int.TryParse(kind, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return new(ErrorDuring.Call, status, null, ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "An error", count);
        }

        var isRefresh = kind.StartsWith(ErrorCounts.OfRefreshes, StringComparison.Ordinal);
        var code = isRefresh ? kind[ErrorCounts.OfRefreshes.Length..] : kind;
        return new(isRefresh ? ErrorDuring.Refresh : ErrorDuring.Call, null, code, WordsOf(code), count);
    }

    private static string WordsOf(string code) => code switch
    {
        "provider_timeout" => "The provider did not answer within the connection's timeout.",
        "account_unusable" => "The account has to be connected again.",
        "connection_unusable" => "The connection's set-up does not work.",
        "host_refused" => "The connection may not call that host.",
        ErrorCounts.Other => "Other errors, too many kinds to tell them apart.",
        _ => ProviderFaults.Of(code)?.Words ?? "The call was not made.",
    };

    private static double Rounded(double number) => Math.Round(number, 4);
}

/// <summary>A row, with its texts read once for all sums that it is added to.</summary>
internal sealed class ReadUsage(ConnectionUsage row)
{
    public ConnectionUsage Row => row;

    public long[] Latency { get; } = Latencies.Read(row.Latency);

    public Dictionary<string, long> Errors { get; } = ErrorCounts.Read(row.Errors);
}
