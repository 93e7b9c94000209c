using System.Reflection;
using AuthServer.Branding.Pictures;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace AuthServer.Branding;

/// <summary>A picture as the body of a request. It is read only when it is known who sends it: it may be larger than what strangers may send.</summary>
internal sealed class SentLogo : IEndpointParameterMetadataProvider
{
    private static readonly string[] MediaTypes = [.. Enum.GetValues<PictureKind>().Select(Picture.MediaTypeOf)];

    private readonly HttpContext _http;

    private SentLogo(HttpContext http) => _http = http;

    public static ValueTask<SentLogo> BindAsync(HttpContext http, ParameterInfo parameter) => ValueTask.FromResult(new SentLogo(http));

    public async Task<Answer<LogoFile>> ReadAsync(CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(_http.Request.ContentType, out var type) || !MediaTypes.Contains(type.MediaType.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            return new Problem(StatusCodes.Status415UnsupportedMediaType, Problem.NoJson.Code, "Send the picture as image/png, image/jpeg or image/webp.");
        }

        _http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = Picture.Largest;
        try
        {
            using var octets = new MemoryStream();
            await _http.Request.Body.CopyToAsync(octets, ct);
            return new LogoFile(octets.ToArray(), type.MediaType.ToString());
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new Problem(StatusCodes.Status413PayloadTooLarge, "too_large", "The picture is larger than 256 KiB.");
        }
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptsMetadata(MediaTypes, typeof(Stream)));
}

/// <summary>A file that is to be a logo.</summary>
/// <param name="MediaType">What its sender calls it; null: nothing that counts.</param>
public sealed record LogoFile(byte[] Content, string? MediaType);
