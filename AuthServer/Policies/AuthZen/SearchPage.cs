using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Policies.AuthZen;

/// <summary>A search and the part of its results that is asked for. The token of the next part belongs to the same question: with another it is
/// refused (AuthZEN §8.1).</summary>
internal sealed record SearchPage
{
    /// <summary>The most candidates that one answer costs.</summary>
    public const int MostLookedAt = 200;

    private const int DefaultLimit = 50;
    private const int MostLimit = 200;

    public required AccessQuestion Question { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>The last candidate of the page before; empty: this is the first page.</summary>
    public string After { get; init; } = "";

    public static Answer<SearchPage> Read(JsonElement body, AccessPart searched)
    {
        var faults = new Faults();
        if (new QuestionReader(body, default, faults).Read(searched) is not { } question)
        {
            return faults.Problem!;
        }

        var page = new SearchPage { Question = question };
        if (!body.TryGetProperty("page", out var json))
        {
            return page;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return Problem.Invalid("page", "Give an object.");
        }

        int? limit = null;
        if (json.TryGetProperty("limit", out var asked))
        {
            if (asked.ValueKind != JsonValueKind.Number || !asked.TryGetInt32(out var number) || number is < 1 or > MostLimit)
            {
                return Problem.Invalid("page.limit", $"Give a number from 1 to {MostLimit}.");
            }

            limit = number;
        }

        if (!json.TryGetProperty("token", out var token) || token.ValueKind == JsonValueKind.String && token.GetString()!.Length == 0)
        {
            return page with { Limit = limit ?? DefaultLimit };
        }

        return token.ValueKind == JsonValueKind.String && page.Next(token.GetString()!) is { } next && (limit is null || limit == next.Limit)
            ? next
            : Problem.Invalid("page.token", "It is not the next_token of this search.");
    }

    public string TokenAfter(string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new Token(Limit, last, Fingerprint()), ApiJson.Options)));

    private SearchPage? Next(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Token>(Base64Url.DecodeFromChars(text), ApiJson.Options) is { Last: not null } token
                && !token.Last.Any(char.IsControl)
                && token.Question == Fingerprint() && token.Limit is >= 1 and <= MostLimit
                ? this with { Limit = token.Limit, After = token.Last }
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private string Fingerprint() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Question.ToString())).AsSpan(0, 8));

    private sealed record Token(int Limit, string Last, string Question);
}
