using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.Api;

/// <summary>What a feature answers: a value or a problem. Pages and tools look inside; the REST API writes it.</summary>
public abstract class Answer : IResult
{
    private protected Answer(Problem? problem) => Problem = problem;

    /// <summary>Null where it went well.</summary>
    public Problem? Problem { get; }

    /// <summary>It was done, and there is nothing to say (204).</summary>
    public static Answer<NoContent> Done { get; } = new(new NoContent(), null, StatusCodes.Status204NoContent, null);

    /// <summary>It stands in the response already: streamed, or written by somebody else.</summary>
    public static Answer<NoContent> Written { get; } = new(new NoContent(), null, 0, null);

    /// <summary>Something was made (201).</summary>
    /// <param name="location">Its path.</param>
    public static Answer<T> Created<T>(T value, string location)
        where T : class => new(value, null, StatusCodes.Status201Created, location);

    public abstract Task ExecuteAsync(HttpContext httpContext);

    /// <summary>RFC 9457's object.</summary>
    public static Task WriteProblemAsync(HttpContext http, Problem problem)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } wait)
        {
            TooManyRequests.SetRetryAfter(http.Response, wait);
        }

        return Body(http, problem.Status, "application/problem+json", (problem, http.TraceIdentifier, http.RequestServices.GetRequiredService<IssuerUri>()), static (json, said) =>
        {
            var (problem, trace, issuer) = said;
            json.WriteStartObject();
            json.WriteString("type"u8, issuer.ErrorPage(problem.Code));
            json.WriteString("title"u8, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(problem.Status));
            json.WriteNumber("status"u8, problem.Status);
            json.WriteString("detail"u8, problem.Detail);
            json.WriteString("code"u8, problem.Code);
            json.WriteString("traceId"u8, trace);
            problem.Approval?.WriteTo(json);
            if (problem.Errors is { } errors)
            {
                json.WritePropertyName("errors"u8);
                JsonSerializer.Serialize(json, errors, ApiJson.Options);
            }

            json.WriteEndObject();
        });
    }

    private protected static Task Body<T>(HttpContext http, int status, string contentType, T value, Action<Utf8JsonWriter, T> write)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        var body = OAuthResponse.Serialize(value, write);
        http.Response.ContentLength = body.Length;

        // Copied into the response's own buffer before this thread's is used again.
        http.Response.BodyWriter.Write(body.Span);
        return http.Response.BodyWriter.FlushAsync(http.RequestAborted).AsTask();
    }
}

/// <summary>An answer without content.</summary>
public sealed record NoContent;

/// <summary>A value of one type, or the problem that stood in its way.</summary>
public sealed class Answer<T> : Answer, IEndpointMetadataProvider
    where T : class
{
    private readonly T? _value;
    private readonly int _status;
    private readonly string? _location;

    internal Answer(T? value, Problem? problem, int status, string? location)
        : base(problem) => (_value, _status, _location) = (value, status, location);

    public T? Value => Problem is null ? _value : null;

    public bool Failed([NotNullWhen(true)] out Problem? problem, [NotNullWhen(false)] out T? value)
    {
        (problem, value) = (Problem, Value);
        return problem is not null;
    }

    public static implicit operator Answer<T>(T value) => new(value, null, StatusCodes.Status200OK, null);

    public static implicit operator Answer<T>(Problem problem) => new(null, problem, problem.Status, null);

    public override Task ExecuteAsync(HttpContext httpContext)
    {
        if (Problem is { } problem)
        {
            return WriteProblemAsync(httpContext, problem);
        }

        if (_status == 0)
        {
            return Task.CompletedTask;
        }

        var headers = httpContext.Response.Headers;
        headers.CacheControl = "no-store";
        if (_location is not null)
        {
            headers.Location = _location;
        }

        if (_value is IVersioned { Version: { } version })
        {
            headers.ETag = $"\"{version}\"";
        }

        if (_status == StatusCodes.Status204NoContent)
        {
            httpContext.Response.StatusCode = _status;
            return Task.CompletedTask;
        }

        return Body(httpContext, _status, "application/json", _value!, static (json, value) => JsonSerializer.Serialize(json, value, value.GetType(), ApiJson.Options));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(typeof(T) == typeof(NoContent)
            ? new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void))
            : new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
    }
}

/// <summary>What has a version, which travels as its ETag (RFC 9110 §8.8.3).</summary>
public interface IVersioned
{
    /// <summary>Null: the caller may not know it.</summary>
    string? Version { get; }
}
