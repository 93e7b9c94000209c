using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http;

/// <summary>The one writer of protocol answers in JSON (RFC 6749 §5).</summary>
public static class OAuthResponse
{
    // Largest buffers are kept with the thread: an answer is a few KiB.
    private const int LargestKept = 32 * 1024;

    // These answers are JSON and JWTs, never part of a page: '+' and non-ASCII stay as they are.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_json;

    public static Task WriteAsync<T>(HttpContext http, int status, T answer, Action<Utf8JsonWriter, T> write)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        NoStore(response);
        var body = Serialize(answer, write);
        response.ContentLength = body.Length;

        // Copied into the response's own buffer before this thread's is used again.
        response.BodyWriter.Write(body.Span);
        return response.BodyWriter.FlushAsync(http.RequestAborted).AsTask();
    }

    public static Task WriteErrorAsync(HttpContext http, OAuthError error)
    {
        var status = StatusOf(error);
        if (status == StatusCodes.Status401Unauthorized)
        {
            // RFC 6749 §5.2: the scheme the client used, and the only one that this endpoint challenges with.
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"AuthServer\", charset=\"UTF-8\"";
        }

        return WriteErrorAsync(http, status, error);
    }

    /// <summary>RFC 6749 §5.2's object, for callers that challenge in their own way.</summary>
    public static Task WriteErrorAsync(HttpContext http, int status, OAuthError error) =>
        WriteAsync(http, status, (error, http.RequestServices.GetRequiredService<IssuerUri>()), static (json, said) =>
        {
            var (error, issuer) = said;
            json.WriteStartObject();
            json.WriteString("error"u8, error.Code);
            json.WriteString("error_description"u8, error.Description);
            json.WriteString("error_uri"u8, issuer.ErrorPage(error.Code));
            json.WriteEndObject();
        });

    /// <summary>RFC 6749 §5.1: nothing here may stay in a cache.</summary>
    public static void NoStore(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
    }

    /// <summary>The JSON, valid until this thread serializes again.</summary>
    public static ReadOnlyMemory<byte> Serialize<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(2048);
        buffer.ResetWrittenCount();
        var json = t_json ??= new Utf8JsonWriter(buffer, Relaxed);
        json.Reset(buffer);
        write(json, value);
        json.Flush();
        if (buffer.Capacity > LargestKept)
        {
            t_buffer = null;
        }

        return buffer.WrittenMemory;
    }

    private static int StatusOf(OAuthError error) => error switch
    {
        { Code: "invalid_client" } => StatusCodes.Status401Unauthorized,
        { Code: "server_error" } => StatusCodes.Status500InternalServerError,
        { Code: "temporarily_unavailable" } => StatusCodes.Status503ServiceUnavailable,
        { Code: TooManyRequests.Code } => StatusCodes.Status429TooManyRequests,
        { Reason: "too_large" } => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status400BadRequest,
    };
}
