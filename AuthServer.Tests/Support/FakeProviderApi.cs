using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Tests.Support;

/// <summary>The API of a <see cref="FakeProvider"/>: asks for an access token or <see cref="FakeProvider.ApiKey"/>, and says what it was asked.</summary>
internal sealed class FakeProviderApi(FakeProvider provider)
{
    private readonly ConcurrentQueue<FakeFault> _faults = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new();

    public ConcurrentQueue<FakeCall> Calls { get; } = new();

    public void Enqueue(FakeFault[] faults) => Array.ForEach(faults, _faults.Enqueue);

    public void Serve(string path, Func<HttpContext, Task> answer) => _answers[path] = answer;

    public static string? BearerOf(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is { Length: > 7 } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    public async Task AnswerAsync(HttpContext http)
    {
        if (!IsAllowed(http))
        {
            Calls.Enqueue(FakeCall.Of(http, 0, ""));
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await http.Response.WriteAsJsonAsync(new { error = "invalid_token" });
            return;
        }

        await FakeProvider.Faulty(_faults, http, () => _answers.TryGetValue(http.Request.Path.Value!, out var answer) ? RecordedAsync(http, answer) : EchoAsync(http));
    }

    private bool IsAllowed(HttpContext http) =>
        provider.Grants.FindAccess(BearerOf(http)) is not null
        || BearerOf(http) == FakeProvider.ApiKey
        || http.Request.Headers["X-Api-Key"] == FakeProvider.ApiKey
        || http.Request.Query["key"] == FakeProvider.ApiKey
        || http.Request.Headers.Authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"pat@example.com:{FakeProvider.ApiKey}"));

    private Task RecordedAsync(HttpContext http, Func<HttpContext, Task> answer)
    {
        Calls.Enqueue(FakeCall.Of(http, 0, ""));
        return answer(http);
    }

    private async Task EchoAsync(HttpContext http)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, length) = (new byte[64 * 1024], 0L);
        while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted) is > 0 and var read)
        {
            sha.AppendData(buffer.AsSpan(0, read));
            length += read;
        }

        var call = FakeCall.Of(http, length, Convert.ToHexStringLower(sha.GetHashAndReset()));
        Calls.Enqueue(call);
        await http.Response.WriteAsJsonAsync(new { method = call.Method, path = call.Path, query = call.Query, length, sha256 = call.Sha256 });
    }
}

/// <summary>One call as it came.</summary>
/// <param name="Path">As it was written, with its escapes.</param>
/// <param name="Query">With its question mark.</param>
/// <param name="Length">Of the body, where it was read.</param>
public sealed record FakeCall(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, long Length, string Sha256)
{
    internal static FakeCall Of(HttpContext http, long length, string sha256)
    {
        var target = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        return new FakeCall(
            http.Request.Method, target[0], target.Length == 2 ? "?" + target[1] : "",
            http.Request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase), length, sha256);
    }
}
