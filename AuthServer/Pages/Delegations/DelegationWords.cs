using System.Globalization;
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
        HopState.Live => "Live",
        HopState.Revoked => "Revoked",
        HopState.Expired => "Expired",
        HopState.AgentInactive => "Agent inactive",
        HopState.ConsentEnded => "Consent ended",
        _ => "Cut above",
    };

    /// <summary>Why it gives nothing; null: it gives.</summary>
    public static string? Why(DelegationView hop) => hop.State switch
    {
        HopState.Live => null,
        HopState.Revoked => $"It, or a hop above it, was revoked on {Durations.Moment(hop.Row.RevokedAt!.Value)}.",
        HopState.Expired => $"It ended on {Durations.Moment(hop.Row.ExpiresAt!.Value)}.",
        HopState.AgentInactive => "One of its two agents is suspended, revoked or gone.",
        HopState.ConsentEnded => "The person's consent that it began with was taken back, or has ended.",
        _ => "A hop above it gives nothing any more.",
    };

    public static string Until(DateTimeOffset? at) => at is { } end ? "until " + Durations.Moment(end) : "without an end of its own";

    /// <summary>One sentence each; empty: there are none.</summary>
    /// <param name="stored">A JSON array.</param>
    public static IReadOnlyList<string> Constraints(string stored) =>
        Protocol.Delegation.Constraints.TryRead(JsonElement.Parse(stored), out var read, out _) ? [.. read.All.Select(Words)] : [stored];

    private static string Words(Constraint constraint)
    {
        var (key, value) = (Names.Shown(constraint.Key), JsonElement.Parse(constraint.Json).GetProperty(constraint.Type));
        return constraint.Type switch
        {
            "max" => $"{key} at most {Text(value)}",
            "min" => $"{key} at least {Text(value)}",
            "one_of" => $"{key} one of {Listed(value)}",
            "not_one_of" => $"{key} none of {Listed(value)}",
            "prefix" => $"{key} begins with {Text(value)}",
            "rank" => $"{key} no higher than {Text(value)}",
            "max_lifetime" => $"{key} at most {Text(value)} in all with one token",
            "max_subtree" => $"{key} at most {Text(value)} in all, with everything below",
            "budget" => $"{key} at most {Amount(constraint)}, with everything below",
            _ => $"{Names.Shown(constraint.Json)}, which is not known here and permits nothing",
        };
    }

    private static string Amount(Constraint budget) => budget.Ceiling is not { } ceiling ? "an amount that cannot be counted"
        : ceiling.Max.ToString(CultureInfo.InvariantCulture) + (ceiling.Currency is { } currency ? " " + currency : "")
        + (ceiling.WindowSeconds is { } seconds ? " in any " + Durations.InWords(TimeSpan.FromSeconds(seconds)) : " in all");

    private static string Listed(JsonElement array) => array.GetArrayLength() == 0 ? "nothing" : string.Join(", ", array.EnumerateArray().Select(Text));

    private static string Text(JsonElement value) => Names.Shown(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
}
