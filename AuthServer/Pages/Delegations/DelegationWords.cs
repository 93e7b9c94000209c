using System.Text.Json;
using AuthServer.Delegations;
using AuthServer.Protocol.Delegation;

namespace AuthServer.Pages.Delegations;

/// <summary>What a delegation says, in plain words.</summary>
internal static class DelegationWords
{
    public static string NameOf(SeenAgent agent) => agent.Name is { } name ? Names.Shown(name) : agent.Id;

    public static string State(HopState state) => state switch
    {
        HopState.Live => Texts.T("Live"),
        HopState.Revoked => Texts.T("Revoked"),
        HopState.Expired => Texts.T("Expired"),
        HopState.AgentInactive => Texts.T("Agent inactive"),
        HopState.ConsentEnded => Texts.T("Consent ended"),
        _ => Texts.T("Cut above"),
    };

    /// <summary>Why it gives nothing; null: it gives.</summary>
    public static string? Why(DelegationView hop) => hop.State switch
    {
        HopState.Live => null,
        HopState.Revoked => Texts.T("It, or a hop above it, was revoked on {0}.", Durations.Moment(hop.Row.RevokedAt!.Value)),
        HopState.Expired => Texts.T("It ended on {0}.", Durations.Moment(hop.Row.ExpiresAt!.Value)),
        HopState.AgentInactive => Texts.T("One of its two agents is suspended, revoked or gone."),
        HopState.ConsentEnded => Texts.T("The person's consent that it began with was taken back, or has ended."),
        _ => Texts.T("A hop above it gives nothing any more."),
    };

    /// <summary>From when to when.</summary>
    public static string Lasts(DateTimeOffset from, DateTimeOffset? to) => to is { } end
        ? Texts.T("Since {0}, until {1}", Durations.Moment(from), Durations.Moment(end))
        : Texts.T("Since {0}, without an end of its own", Durations.Moment(from));

    /// <summary>One sentence each; empty: there are none.</summary>
    /// <param name="stored">A JSON array.</param>
    public static IReadOnlyList<string> Constraints(string stored) =>
        Protocol.Delegation.Constraints.TryRead(JsonElement.Parse(stored), out var read, out _) ? [.. read.All.Select(Words)] : [stored];

    private static string Words(Constraint constraint)
    {
        var (key, value) = (Names.Shown(constraint.Key), JsonElement.Parse(constraint.Json).GetProperty(constraint.Type));
        return constraint.Type switch
        {
            "max" => Texts.T("{0} at most {1}", key, Text(value)),
            "min" => Texts.T("{0} at least {1}", key, Text(value)),
            "one_of" => Texts.T("{0} one of {1}", key, Listed(value)),
            "not_one_of" => Texts.T("{0} none of {1}", key, Listed(value)),
            "prefix" => Texts.T("{0} begins with {1}", key, Text(value)),
            "rank" => Texts.T("{0} no higher than {1}", key, Text(value)),
            "max_lifetime" => Texts.T("{0} at most {1} in all with one token", key, Text(value)),
            "max_subtree" => Texts.T("{0} at most {1} in all, with everything below", key, Text(value)),
            "budget" => Texts.T("{0} at most {1}, with everything below", key, Amount(constraint)),
            _ => Texts.T("{0}, which is not known here and permits nothing", Names.Shown(constraint.Json)),
        };
    }

    private static string Amount(Constraint budget)
    {
        if (budget.Ceiling is not { } ceiling)
        {
            return Texts.T("an amount that cannot be counted");
        }

        var sum = ceiling.Max.ToString(Texts.Language.Culture) + (ceiling.Currency is { } currency ? " " + currency : "");
        return ceiling.WindowSeconds is { } seconds ? Texts.T("{0} in any {1}", sum, Durations.InWords(TimeSpan.FromSeconds(seconds))) : Texts.T("{0} in all", sum);
    }

    private static string Listed(JsonElement array) => array.GetArrayLength() == 0 ? Texts.T("nothing") : string.Join(", ", array.EnumerateArray().Select(Text));

    private static string Text(JsonElement value) => Names.Shown(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
}
