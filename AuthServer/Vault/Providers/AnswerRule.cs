using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>What an answer looks like: all that is said here holds. Of a list of rules one is enough.</summary>
[SnakeCase]
public sealed record AnswerRule
{
    /// <summary>One of these. Without any: a 2xx.</summary>
    public IReadOnlyList<int> Statuses { get; init; } = [];

    /// <summary>Paths that lead to something, and not to null, false or an empty text.</summary>
    public IReadOnlyList<string> Present { get; init; } = [];

    /// <summary>Paths that do not.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];

    /// <summary>Paths, each with the texts of which it leads to one; numbers and booleans as JSON writes them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Headers with their values; <c>*</c>: any.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = Empty.Map;

    /// <param name="header">The value of a header; null: it was not sent.</param>
    /// <param name="body">Null: it is no JSON.</param>
    public bool Fits(int status, Func<string, string?> header, JsonElement? body) =>
        (Statuses.Count == 0 ? status is >= 200 and < 300 : Statuses.Contains(status))
        && Headers.All(wanted => header(wanted.Key) is { } value && (wanted.Value == "*" || string.Equals(wanted.Value, value, StringComparison.OrdinalIgnoreCase)))
        && Present.All(path => IsThere(body, path))
        && !Absent.Any(path => IsThere(body, path))
        && Values.All(wanted => ValuePath.FindAll(body, wanted.Key).Any(found => ValuePath.Text(found) is { } text && wanted.Value.Contains(text)));

    /// <summary>Whether one of them does.</summary>
    public static bool AnyFits(IReadOnlyList<AnswerRule> rules, int status, Func<string, string?> header, JsonElement? body) =>
        rules.Any(rule => rule.Fits(status, header, body));

    private static bool IsThere(JsonElement? body, string path) => ValuePath.FindAll(body, path).Any(found =>
        found.ValueKind is not (JsonValueKind.Null or JsonValueKind.False or JsonValueKind.Undefined)
        && !(found.ValueKind == JsonValueKind.String && found.GetString()!.Length == 0));
}
