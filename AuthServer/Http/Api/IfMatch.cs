using System.Reflection;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace AuthServer.Http.Api;

/// <summary>The version that a change is meant for (RFC 9110 §13.1.1). Without the header, whatever is stored is changed.</summary>
public sealed record IfMatch(IReadOnlyList<string>? Versions) : IEndpointParameterMetadataProvider
{
    public static ValueTask<IfMatch> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var header = http.Request.Headers.IfMatch;
        return ValueTask.FromResult(
            header.Count == 0 ? new IfMatch((IReadOnlyList<string>?)null)
            : EntityTagHeaderValue.TryParseStrictList(header, out var tags)
                ? tags.Contains(EntityTagHeaderValue.Any) ? new IfMatch((IReadOnlyList<string>?)null)
                    : new IfMatch([.. tags.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString().Trim('"'))])
                : new IfMatch([]));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Header, "If-Match", "The ETag of the version that the change is meant for; without it, whatever is stored."));

    public bool Allows(string version) => Versions is null || Versions.Contains(version);
}
