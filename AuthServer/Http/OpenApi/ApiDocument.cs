using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary><c>GET /openapi/v1.json</c>, made once from what is mapped.</summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider provider)
{
    public const string Name = "v1";
    public const string Path = "/openapi/v1.json";

    private readonly Lock _lock = new();
    private Task<byte[]>? _built;

    public async Task HandleAsync(HttpContext http)
    {
        var document = await BuiltAsync();
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        http.Response.Headers.CacheControl = "public, max-age=300";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
        }
    }

    /// <summary>Costly, and for anybody: never built twice at once, nor for one caller who may leave.</summary>
    private Task<byte[]> BuiltAsync()
    {
        lock (_lock)
        {
            return _built is { IsFaulted: false } ? _built : _built = BuildAsync();
        }
    }

    private async Task<byte[]> BuildAsync()
    {
        await Task.Yield();
        using var stream = new MemoryStream();
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        await document.SerializeAsync(stream, OpenApiSpecVersion.OpenApi3_1, OpenApiConstants.Json, CancellationToken.None);
        return stream.ToArray();
    }
}
