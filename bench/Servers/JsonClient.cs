using System.Net.Http.Json;
using System.Text.Json;

namespace AuthServer.Bench.Servers;

/// <summary>Plain requests of the preparation: JSON in, JSON out, anything but a success ends the run.</summary>
internal sealed class JsonClient(Uri server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server };

    /// <param name="key">The organization's credential; null: nobody's.</param>
    public Task<JsonElement> PostAsync(string path, object body, string? key) => SendAsync(HttpMethod.Post, path, JsonContent.Create(body), key);

    public Task<JsonElement> DeleteAsync(string path, string key) => SendAsync(HttpMethod.Delete, path, null, key);

    /// <summary>A form from a client with a secret.</summary>
    public async Task<JsonElement> PostFormAsync(string path, string form, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form, null, "application/x-www-form-urlencoded") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await SendAsync(request);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? content, string? key)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        return await SendAsync(request);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonElement.Parse(text)
            : throw new InvalidOperationException($"{request.RequestUri}: {(int)answer.StatusCode} {text}");
    }
}
