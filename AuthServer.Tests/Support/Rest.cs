using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>Calls the REST API as somebody: nobody, a developer key, or the token of a sign-in.</summary>
public sealed class Rest(TestServer server, string? credential = null) : IDisposable
{
    public const string Password = "seven quiet herons wade";

    private readonly HttpClient _http = server.CreateClient();

    public TestServer Server => server;

    /// <summary>The same server, as somebody else.</summary>
    public Rest As(string? credential) => new(server, credential);

    /// <param name="body">Sent as it is where it is content, else as JSON.</param>
    public async Task<RestAnswer> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path);
        if (body is not null)
        {
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        }

        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation(
                credential.StartsWith("ag_", StringComparison.Ordinal) ? "X-Api-Key" : "Authorization",
                credential.StartsWith("ag_", StringComparison.Ordinal) ? credential : "Bearer " + credential);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await RestAnswer.ReadAsync(await _http.SendAsync(request));
    }

    public Task<RestAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<RestAnswer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<RestAnswer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<RestAnswer> DeleteAsync(string path, object? body = null) => SendAsync(HttpMethod.Delete, path, body);

    /// <summary>Registers a developer; the answer of the seed's first request.</summary>
    public async Task<JsonElement> RegisterDeveloperAsync(string name)
    {
        var answer = await PostAsync("/developers/register", new { name, email = $"{Guid.NewGuid():N}@example.com", password = Password });
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Json;
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>What the API answered.</summary>
public sealed record RestAnswer(HttpStatusCode Status, string Text, HttpResponseMessage Response)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement.Clone();

    public string? Code => Json.GetProperty("code").GetString();

    public static async Task<RestAnswer> ReadAsync(HttpResponseMessage response) =>
        new(response.StatusCode, await response.Content.ReadAsStringAsync(), response);

    public RestAnswer Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        return this;
    }

    /// <summary>The problem that it is (RFC 9457).</summary>
    public RestAnswer Is(HttpStatusCode status, string code)
    {
        Is(status);
        Assert.Equal("application/problem+json", Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", Response.Headers.CacheControl?.ToString());
        Assert.Equal(code, Code);
        return this;
    }
}
