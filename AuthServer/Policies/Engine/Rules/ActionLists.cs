using System.Text.Json;

namespace AuthServer.Policies.Engine.Rules;

internal static class ActionLists
{
    public static RuleAnswer NoAction { get; } =
        RuleAnswer.Unknown(PolicyReasons.ActionUnknown, "it depends on the action, and the request names none");

    public static bool Cover(this IReadOnlyList<Pattern> patterns, string action)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Covers(action))
            {
                return true;
            }
        }

        return false;
    }

    public static void Write(this Utf8JsonWriter config, string member, IReadOnlyList<Pattern> patterns)
    {
        config.WriteStartArray(member);
        foreach (var pattern in patterns)
        {
            config.WriteStringValue(pattern.Text);
        }

        config.WriteEndArray();
    }
}
