using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace AuthServer.Http.Api;

/// <summary>A JSON body that may be left out: then it says nothing. What is sent is read as strictly as any other.</summary>
public sealed class OptionalBody<T> : IRefusable, IEndpointParameterMetadataProvider
    where T : class, new()
{
    private readonly Body<T>? _sent;

    private OptionalBody(Body<T>? sent) => _sent = sent;

    public Problem? Refusal => _sent?.Refusal;

    public T Value => _sent?.Value ?? new T();

    public static async ValueTask<OptionalBody<T>> BindAsync(HttpContext http, ParameterInfo parameter) =>
        new(http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } ? null : await Body<T>.BindAsync(http, parameter));

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), isOptional: true));
}
