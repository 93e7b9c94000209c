using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AuthServer.Http.OpenApi;

/// <summary><c>GET /openapi/v1.json</c>, made once from what is mapped.</summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider provider) : IDisposable
{
    public const string Name = "v1";
    public const string Path = "/openapi/v1.json";

    private readonly SemaphoreSlim _building = new(1);
    private byte[]? _built;

    public async Task HandleAsync(HttpContext http)
    {
        var document = _built ?? await BuildAsync(http.RequestAborted);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        http.Response.Headers.CacheControl = "public, max-age=300";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
        }
    }

    public void Dispose() => _building.Dispose();

    // Costly, and for anybody: so never twice at once.
    private async Task<byte[]> BuildAsync(CancellationToken ct)
    {
        await _building.WaitAsync(ct);
        try
        {
            return _built ??= await SerializeAsync(ct);
        }
        finally
        {
            _building.Release();
        }
    }

    private async Task<byte[]> SerializeAsync(CancellationToken ct)
    {
        using var stream = new MemoryStream();
        await (await provider.GetOpenApiDocumentAsync(ct)).SerializeAsync(stream, OpenApiSpecVersion.OpenApi3_1, OpenApiConstants.Json, ct);
        return stream.ToArray();
    }
}
