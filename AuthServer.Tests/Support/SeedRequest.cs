using System.Net;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>One request as a document shows it. Names in braces are placeholders: they are filled with what was answered before.</summary>
/// <param name="Call">Method and path.</param>
/// <param name="Body">Null: none.</param>
/// <param name="Answer">The document's own: each of its members is in ours, with a value of the same kind. Null: it shows none.</param>
/// <param name="Keep">Members of the answer, and the placeholders that they fill.</param>
public sealed record SeedRequest(string Call, string? Body, HttpStatusCode Status, string? Answer = null, params (string Member, string Placeholder)[] Keep)
{
    /// <summary>Whether it says who calls.</summary>
    public bool IsSigned { get; init; } = true;
}

/// <summary>Sends the requests of a document in its order.</summary>
public sealed class SeedRun(TestServer server, string key)
{
    private readonly Dictionary<string, string> _values = [];

    public string this[string placeholder]
    {
        get => _values[placeholder];
        set => _values[placeholder] = value;
    }

    public async Task<JsonElement> SendAsync(SeedRequest asked)
    {
        var (call, body) = (Fill(asked.Call), asked.Body is null ? null : Fill(asked.Body));
        using var http = server.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(call.Split(' ')[0]), call.Split(' ')[1]);
        request.Content = body is null ? null : new StringContent(body, null, "application/json");
        if (asked.IsSigned)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == asked.Status, $"{call}: {(int)response.StatusCode} {text}");
        var answer = text.Length == 0 ? default : JsonElement.Parse(text);
        if (asked.Answer is { } shown)
        {
            Fits(JsonElement.Parse(shown), answer, call);
        }

        foreach (var (member, placeholder) in asked.Keep)
        {
            _values[placeholder] = answer.GetProperty(member).GetString()!;
        }

        return answer;
    }

    private string Fill(string text)
    {
        foreach (var (placeholder, value) in _values)
        {
            text = text.Replace($"{{{placeholder}}}", value, StringComparison.Ordinal);
        }

        return text;
    }

    private static void Fits(JsonElement shown, JsonElement given, string where)
    {
        var isWord = shown.ValueKind is JsonValueKind.True or JsonValueKind.False;
        Assert.True(
            shown.ValueKind == JsonValueKind.Null || shown.ValueKind == given.ValueKind || (isWord && given.ValueKind is JsonValueKind.True or JsonValueKind.False),
            $"{where} is {given.ValueKind}, and the document shows {shown}.");
        if (shown.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in shown.EnumerateObject())
            {
                Assert.True(given.TryGetProperty(member.Name, out var value), $"{where} has no {member.Name}: {given}");
                Fits(member.Value, value, $"{where} {member.Name}");
            }
        }
        else if (shown.ValueKind == JsonValueKind.Array && shown.GetArrayLength() > 0)
        {
            Assert.True(given.GetArrayLength() > 0, $"{where} is empty.");
            Assert.All(given.EnumerateArray(), one => Fits(shown[0], one, $"{where}[]"));
        }
    }
}
