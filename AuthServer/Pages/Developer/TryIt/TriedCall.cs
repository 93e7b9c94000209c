using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuthServer.Endpoints;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>A request that was made and its answer, member by member.</summary>
/// <param name="Sent">What went along, and what it means. Secrets are covered.</param>
/// <param name="Said">What came back, and what it means.</param>
/// <param name="Claims">Of the token in the answer, or of the one that was asked about; empty: there is none that can be read.</param>
internal sealed record TriedCall(string Method, string Url, string? Authorization, IReadOnlyList<Explained> Sent, int Status, string Body, IReadOnlyList<Explained> Said, IReadOnlyList<Explained> Claims)
{
    private const int Longest = 60;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Succeeded => Status < 300;

    /// <summary>The access token of the answer, to go on with.</summary>
    public string? AccessToken { get; private init; }

    public string? RefreshToken { get; private init; }

    /// <summary>This server's page about the error; null: there was none.</summary>
    public string? ErrorAt { get; private init; }

    public static TriedCall Of(TriedFlow flow, string url, IReadOnlyList<KeyValuePair<string, string>> form, bool isBasic, OwnAnswer answer)
    {
        var json = answer.Body.Length > 0 ? JsonElement.Parse(answer.Body) : default(JsonElement?);
        string? Member(string name) => json is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var token = Member("access_token") ?? form.FirstOrDefault(field => field.Key == "token").Value;
        return new TriedCall(
            "POST", url, isBasic ? "Basic …" : null,
            [.. form.Select(field => new Explained(field.Key, field.Key == "client_secret" ? "••••••" : Short(field.Value), flow.MeaningOf(field.Key)))],
            answer.Status,
            json is { } whole ? JsonSerializer.Serialize(whole, Indented) : "",
            [.. json is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject().Select(member => new Explained(member.Name, IsRead(member.Name) ? Text(member.Value) : Short(Text(member.Value)), flow.MeaningOf(member.Name))) : []],
            ClaimsOf(token))
        {
            AccessToken = Member("access_token"),
            RefreshToken = Member("refresh_token"),
            ErrorAt = Member("error_uri"),
        };
    }

    /// <summary>What a JWT says, without asking whether it is good: whoever relies on it verifies it. Empty: it is none.</summary>
    internal static IReadOnlyList<Explained> ClaimsOf(string? token)
    {
        if (token?.Split('.') is not [_, var payload, _] || !Base64Url.IsValid(payload))
        {
            return [];
        }

        try
        {
            var claims = JsonElement.Parse(Base64Url.DecodeFromChars(payload));
            return claims.ValueKind == JsonValueKind.Object ? [.. claims.EnumerateObject().Select(claim => new Explained(claim.Name, Value(claim), TokenWords.MeaningOf(claim.Name)))] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string Value(JsonProperty claim) =>
        claim.Name is "exp" or "iat" or "nbf" or "auth_time" && claim.Value.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_799
            ? T("{0}: {1}", seconds.ToString(CultureInfo.InvariantCulture), Durations.Moment(DateTimeOffset.FromUnixTimeSeconds(seconds)))
            : Text(claim.Value);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // A token is known by how it begins; a sentence is read to its end.
    private static bool IsRead(string name) => name is "error_description" or "error_uri";

    private static string Short(string text) => text.Length <= Longest ? text : text[..Longest] + "…";
}

/// <summary>A parameter, a member or a claim.</summary>
/// <param name="Meaning">Empty: the name says it all.</param>
internal sealed record Explained(string Name, string Value, string Meaning);
