using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>Only from one moment on, only before another, or both.</summary>
public sealed record Period(DateTimeOffset? NotBefore, DateTimeOffset? NotAfter) : PolicyRule
{
    internal static readonly RuleType Syntax = new(
        "period",
        "Allows requests from one moment on, up to another, or both.",
        InDenyPolicies: false,
        [
            new("notBefore", "a moment with its offset from UTC, such as 2027-01-01T00:00:00Z", Required: false),
            new("notAfter", "a later moment, which still belongs to it", Required: false),
        ],
        """{"notBefore":"2027-01-01T00:00:00Z","notAfter":"2027-12-31T23:59:59Z"}""")
    {
        Read = Read,
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action) =>
        input.Now < NotBefore ? RuleAnswer.Fails(PolicyReasons.OutsideTimeWindow, Sentence.Of("it begins at {0}", Moments.Text(NotBefore.Value)))
        : input.Now > NotAfter ? RuleAnswer.Fails(PolicyReasons.OutsideTimeWindow, Sentence.Of("it ended at {0}", Moments.Text(NotAfter.Value)))
        : RuleAnswer.Holds;

    internal override void Write(Utf8JsonWriter config)
    {
        if (NotBefore is { } begin)
        {
            config.WriteString("notBefore", Moments.Text(begin));
        }

        if (NotAfter is { } end)
        {
            config.WriteString("notAfter", Moments.Text(end));
        }
    }

    private static Period? Read(RuleReader reader)
    {
        if (!reader.Has("notBefore") && !reader.Has("notAfter"))
        {
            return reader.Refuse<Period>("needs notBefore or notAfter, or both.");
        }

        var begin = reader.Has("notBefore") ? reader.Text("notBefore", Moments.Read, Moments.Sentence) : null;
        var end = reader.Has("notAfter") ? reader.Text("notAfter", Moments.Read, Moments.Sentence) : null;
        return begin > end ? reader.Refuse<Period>("notAfter", "must not come before notBefore.")
            : reader.Has("notBefore") == begin is not null && reader.Has("notAfter") == end is not null ? new Period(begin, end)
            : null;
    }
}
