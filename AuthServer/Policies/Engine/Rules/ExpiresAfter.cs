using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>An end of access: so long after the person's consent began, or at a moment. One of the two is given.</summary>
public sealed partial record ExpiresAfter(int? Seconds, DateTimeOffset? At) : PolicyRule
{
    private const int LongestLife = 50 * 365 * 24 * 60 * 60;

    internal static readonly RuleType Syntax = new(
        "expires_after",
        "Ends access some seconds after the person's consent began, or at a moment. Give one of the two.",
        InDenyPolicies: false,
        [
            new("seconds", "a whole number from 1 to 1576800000; without a known consent access is denied", Required: false),
            new("at", "a moment with its offset from UTC, such as 2027-01-31T00:00:00Z", Required: false),
        ],
        """{"seconds":2592000}""")
    {
        Read = reader =>
        {
            if (reader.Has("seconds") == reader.Has("at"))
            {
                return reader.Refuse<ExpiresAfter>("needs either seconds or at.");
            }

            return reader.Has("at")
                ? reader.Text("at", Moment, "must be a moment with its offset from UTC, such as 2027-01-31T00:00:00Z.") is { } at ? new ExpiresAfter(null, at) : null
                : reader.Whole("seconds", 1, LongestLife) is { } seconds ? new ExpiresAfter(seconds, null) : null;
        },
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action)
    {
        if (At is { } end)
        {
            return input.Now < end ? RuleAnswer.Holds : RuleAnswer.Fails(PolicyReasons.AccessExpired, $"access ended at {Text(end)}");
        }

        if (input.GrantedAt is not { } begin)
        {
            return RuleAnswer.Unknown(PolicyReasons.ConsentTimeUnknown, "it limits how long a consent lasts, and there is none");
        }

        return input.Now - begin < TimeSpan.FromSeconds(Seconds.GetValueOrDefault())
            ? RuleAnswer.Holds
            : RuleAnswer.Fails(PolicyReasons.AccessExpired, $"access ended {Seconds} seconds after the consent began");
    }

    internal override void Write(Utf8JsonWriter config)
    {
        if (At is { } end)
        {
            config.WriteString("at", Text(end));
        }
        else
        {
            config.WriteNumber("seconds", Seconds.GetValueOrDefault());
        }
    }

    private static DateTimeOffset? Moment(string text) =>
        Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? moment : null;

    private static string Text(DateTimeOffset moment) =>
        moment.ToString(moment.Offset == TimeSpan.Zero ? "yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    // RFC 3339 §5.6, as far as this clock is exact.
    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})\\z")]
    private static partial Regex Rfc3339();
}
