using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace AuthServer.Http.Api;

/// <summary>A request's JSON body where it may be left out.</summary>
public sealed class OptionalBody<T> : IRefusable, IEndpointParameterMetadataProvider
    where T : class, new()
{
    private OptionalBody(T? value, Problem? refusal) => (Value, Refusal) = (value, refusal);

    public Problem? Refusal { get; }

    /// <summary>Null: there is none.</summary>
    public T? Value { get; }

    public static async ValueTask<OptionalBody<T>> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        // A body of no length is none, whatever its type says; many clients send the header all the same.
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || http.Request.ContentLength == 0)
        {
            return new(null, null);
        }

        var body = await Body<T>.ReadAsync(http);
        return new(body.Refusal is null ? body.Value : null, body.Refusal);
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), isOptional: true));
}
