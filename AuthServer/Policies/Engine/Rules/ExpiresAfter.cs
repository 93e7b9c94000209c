using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>An end of access: so long after the person's consent began, or at a moment. One of the two is given.</summary>
public sealed record ExpiresAfter(int? Seconds, DateTimeOffset? At) : PolicyRule
{
    private const int LongestLife = 50 * 365 * 24 * 60 * 60;

    internal static readonly RuleType Syntax = new(
        "expires_after",
        "Ends access some seconds after the person's consent began, or at a moment. Give one of the two.",
        InDenyPolicies: false,
        [
            new("seconds", "a whole number from 1 to 1576800000; without a known consent access is denied", Required: false, RuleValue.Number),
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
                ? reader.Text("at", Moments.Read, Moments.Sentence) is { } at ? new ExpiresAfter(null, at) : null
                : reader.Whole("seconds", 1, LongestLife) is { } seconds ? new ExpiresAfter(seconds, null) : null;
        },
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action)
    {
        if (At is { } end)
        {
            return input.Now < end ? RuleAnswer.Holds : RuleAnswer.Fails(PolicyReasons.AccessExpired, Sentence.Of("access ended at {0}", Moments.Text(end)));
        }

        if (input.GrantedAt is not { } begin)
        {
            return RuleAnswer.Unknown(PolicyReasons.ConsentTimeUnknown, "it limits how long a consent lasts, and there is none");
        }

        return input.Now - begin < TimeSpan.FromSeconds(Seconds.GetValueOrDefault())
            ? RuleAnswer.Holds
            : RuleAnswer.Fails(PolicyReasons.AccessExpired, Sentence.Of("access ended {0} seconds after the consent began", Seconds));
    }

    internal override void Write(Utf8JsonWriter config)
    {
        if (At is { } end)
        {
            config.WriteString("at", Moments.Text(end));
        }
        else
        {
            config.WriteNumber("seconds", Seconds.GetValueOrDefault());
        }
    }
}
