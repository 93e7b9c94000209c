using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http.Api;

/// <summary>A value of an enum in a query, by its word in snake_case and nothing else.</summary>
internal static class QueryWord
{
    /// <summary>Null where it is not asked for, and where the fault was added.</summary>
    public static T? Read<T>(HttpContext http, string name, Faults faults)
        where T : struct, Enum
    {
        if (!http.Request.Query.TryGetValue(name, out var asked))
        {
            return null;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (WordOf(value) == asked.ToString())
            {
                return value;
            }
        }

        faults.Add(name, Rule<T>("Use one of"));
        return null;
    }

    /// <summary>A sentence that names all words.</summary>
    public static string Rule<T>(string beginning = "One of")
        where T : struct, Enum => $"{beginning}: {string.Join(", ", Enum.GetValues<T>().Select(WordOf))}.";

    private static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
