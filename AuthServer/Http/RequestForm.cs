using System.Buffers;
using System.Text;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AuthServer.Http;

/// <summary>Reads a protocol request's parameters: a form body (RFC 6749 §3.2), or a query.</summary>
public static class RequestForm
{
    public const int LargestBody = 64 * 1024;

    private const string MediaType = "application/x-www-form-urlencoded";

    public static OAuthError TooLarge { get; } = OAuthError.InvalidRequest("The request body is larger than 64 KiB.", "too_large");

    /// <summary>A request that a client sends and authenticates: all of it in the body, and nothing in it twice.</summary>
    public static async Task<Result<Parameters>> ReadOfClientAsync(HttpRequest request, CancellationToken ct)
    {
        // RFC 6749 §2.3.1: credentials must not be in the URI; nothing else belongs there either.
        if (request.QueryString.HasValue)
        {
            return OAuthError.InvalidRequest("Parameters belong in the body.", "query");
        }

        var form = await ReadAsync(request, ct);
        return form.Value?.Duplicate is null ? form : OAuthError.InvalidRequest("A parameter stands more than once in the request.", "duplicate");
    }

    public static async Task<Result<Parameters>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var isJson = IsJson(request.ContentType) && request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AcceptsJson>() is not null;
        if (!isJson && !IsForm(request.ContentType))
        {
            return OAuthError.InvalidRequest($"The request body must be {MediaType}.", "content_type");
        }

        if (request.ContentLength > LargestBody)
        {
            return TooLarge;
        }

        // One byte more than may come, so that one too many is noticed.
        var capacity = (int)(request.ContentLength ?? LargestBody) + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(capacity);
        var length = 0;
        try
        {
            int read;
            while (length < capacity && (read = await request.Body.ReadAsync(buffer.AsMemory(length, capacity - length), ct)) > 0)
            {
                length += read;
            }

            return length > LargestBody ? TooLarge : isJson ? ParseJson(buffer.AsMemory(0, length)) : Parameters.Parse(buffer.AsSpan(0, length));
        }
        catch (BadHttpRequestException e)
        {
            // The server's own limits (size, speed, framing) speak through this exception.
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge : OAuthError.InvalidRequest("The request body could not be read.");
        }
        finally
        {
            // A form may hold a client secret.
            buffer.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The query exactly as it came, so that decoding is ours and strict.</summary>
    public static Result<Parameters> Query(HttpContext http)
    {
        // The target as sent; the framework's QueryString has been through its own decoding of the path only.
        var target = http.Features.Get<IHttpRequestFeature>()?.QueryString ?? "";
        return target.Length > LargestBody ? TooLarge : Parameters.Parse(Encoding.UTF8.GetBytes(target.TrimStart('?')));
    }

    /// <summary>The same parameters as members of a JSON object: strings, and lists of strings where the form has them in one or more than once.</summary>
    private static Result<Parameters> ParseJson(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, ApiJson.Document);
            return document.RootElement.ValueKind == JsonValueKind.Object && ApiJson.IsText(document.RootElement)
                && document.RootElement.EnumerateObject().SelectMany(Pairs).ToArray() is var pairs && pairs.All(pair => pair.Value?.Contains('\0', StringComparison.Ordinal) == false)
                    ? Parameters.Of(pairs)
                    : OAuthError.InvalidRequest("The body must be a JSON object of strings and lists of strings.", "malformed_json");
        }
        catch (JsonException)
        {
            return OAuthError.InvalidRequest("The body is not valid JSON.", "malformed_json");
        }
    }

    /// <summary>A null value: it is of no type that a parameter has.</summary>
    private static IEnumerable<(string Name, string? Value)> Pairs(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.String => [(member.Name, member.Value.GetString())],
        JsonValueKind.Array when member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => member.Name == Parameters.Repeatable
            ? member.Value.EnumerateArray().Select(item => (member.Name, item.GetString()))
            : [(member.Name, string.Join(' ', member.Value.EnumerateArray().Select(item => item.GetString())))],
        _ => [(member.Name, null)],
    };

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var parsed) && parsed.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    public static bool IsForm(string? contentType)
    {
        if (contentType is MediaType)
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            && parsed.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
            && (!parsed.Charset.HasValue || HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>An endpoint's metadata: its parameters may come as a JSON object too.</summary>
public sealed record AcceptsJson;
