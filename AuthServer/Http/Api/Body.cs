using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace AuthServer.Http.Api;

/// <summary>A request's JSON body.</summary>
public sealed class Body<T> : IRefusable, IEndpointParameterMetadataProvider
    where T : class, new()
{
    private readonly T? _value;

    private Body(T? value, Problem? refusal) => (_value, Refusal) = (value, refusal);

    public Problem? Refusal { get; }

    public T Value => _value ?? throw new InvalidOperationException("A refused body was used.");

    public static ValueTask<Body<T>> BindAsync(HttpContext http, ParameterInfo parameter) => ReadAsync(http);

    internal static async ValueTask<Body<T>> ReadAsync(HttpContext http)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return new(null, Problem.NoJson);
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, ApiJson.Requests, http.RequestAborted) is { } value
                ? new(value, null)
                : new(null, Problem.Malformed("malformed_json", "The body must be a JSON object."));
        }
        catch (JsonException e)
        {
            return new(null, Describe(e));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new(null, new Problem(StatusCodes.Status413PayloadTooLarge, "too_large", "The request body is larger than 64 KiB."));
        }
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    /// <summary>The reader's own message can repeat what was sent; only the place is told.</summary>
    private static Problem Describe(JsonException e) => e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
        ? Problem.Invalid(path[2..], "This member is not known here, or its value is not of the kind that it takes.")
        : Problem.Malformed("malformed_json", "The body is not the JSON object that is expected here.");
}
