using System.Text.Json;
using System.Text.RegularExpressions;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>At most such an amount in any span of the window's length.</summary>
/// <param name="Currency">The only one accepted; null: amounts count whatever their currency.</param>
public sealed partial record Budget(decimal MaxAmount, int WindowSeconds, LimitScope Scope, string? Currency) : LimitRule(WindowSeconds, Scope)
{
    internal static readonly RuleType Syntax = new(
        "budget",
        "Allows amounts that sum up to at most maxAmount in any span of windowSeconds. A request without an amount, or in another currency, is denied.",
        InDenyPolicies: false,
        [
            new("maxAmount", "a number above 0, at most 1000000000000, with at most 9 decimals", Value: RuleValue.Number),
            new("windowSeconds", "a whole number from 1 to 31622400", Value: RuleValue.Number),
            new("scope", "per_user, per_agent or per_organization; who acts for no user is counted as itself") { Words = [.. LimitScopes.ByWord.Keys] },
            new("currency", "ISO 4217, three capital letters; left out: amounts count whatever their currency", Required: false),
        ],
        """{"maxAmount":250.00,"windowSeconds":86400,"scope":"per_agent","currency":"EUR"}""")
    {
        Read = reader =>
        {
            var (most, window, scope) = (reader.Amount("maxAmount"), reader.Whole("windowSeconds", 1, LongestWindow), reader.Word("scope", LimitScopes.ByWord));
            var currency = reader.Has("currency") ? reader.Text("currency") : null;
            if (currency is not null && !CurrencyCode().IsMatch(currency))
            {
                return reader.Refuse<Budget>("currency", "must be three capital letters (ISO 4217), such as EUR.");
            }

            return most is null || window is null || scope is null ? null : new Budget(most.Value, window.Value, scope.Value, currency);
        },
    };

    internal override RuleType Type => Syntax;

    internal override string Kind => $"{base.Kind}/{Currency}";

    internal override RuleAnswer Judge(PolicyInput input, string? action)
    {
        if (input.Amount is not { } amount)
        {
            return RuleAnswer.Unknown(PolicyReasons.AmountUnknown, "it sets a budget, and the request names no amount");
        }

        // A negative amount would fill the budget up again.
        if (!Amounts.Usable(amount))
        {
            return RuleAnswer.Fails(PolicyReasons.AmountNotUsable, "the amount is negative, too large or too finely divided");
        }

        return Currency is null || string.Equals(Currency, input.Currency, StringComparison.Ordinal)
            ? RuleAnswer.Holds
            : RuleAnswer.Fails(PolicyReasons.CurrencyNotAccepted, Sentence.Of("its budget is in {0}", Currency));
    }

    internal override LimitTake Take(Policy policy, int place, PolicyInput input) =>
        new(LimitKind.Budget, Key(policy, place, input), MaxAmount, Window, input.Amount.GetValueOrDefault(decimal.MaxValue), policy.Id, policy.Name);

    internal override void Write(Utf8JsonWriter config)
    {
        config.WriteNumber("maxAmount", MaxAmount);
        config.WriteNumber("windowSeconds", WindowSeconds);
        config.WriteString("scope", LimitScopes.Word(Scope));
        if (Currency is not null)
        {
            config.WriteString("currency", Currency);
        }
    }

    [GeneratedRegex("^[A-Z]{3}\\z")]
    private static partial Regex CurrencyCode();
}
