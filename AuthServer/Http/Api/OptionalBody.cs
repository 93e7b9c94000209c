using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace AuthServer.Http.Api;

/// <summary>A request's JSON body, where a request without one means the defaults.</summary>
public sealed class OptionalBody<T> : IRefusable, IEndpointParameterMetadataProvider
    where T : class, new()
{
    private readonly Body<T>? _sent;

    private OptionalBody(Body<T>? sent) => _sent = sent;

    public Problem? Refusal => _sent?.Refusal;

    public T Value => _sent is null ? new T() : _sent.Value;

    public static async ValueTask<OptionalBody<T>> BindAsync(HttpContext http, ParameterInfo parameter) =>
        http.Request.ContentLength is 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? new(null)
            : new(await Body<T>.BindAsync(http, parameter));

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), isOptional: true));
}
