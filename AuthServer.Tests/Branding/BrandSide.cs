using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Branding;

/// <summary>What the tests of brands share.</summary>
internal static class BrandSide
{
    public const string Headline = "We sort your mail, and delete nothing.";

    public static object Full { get; } = new
    {
        name = "Acme",
        colour = "#0b7a4b",
        language = "en",
        texts = new
        {
            en = new { headline = Headline, help = "Ask us if this comes as a surprise.", support = "mailto:help@acme.example", privacy = "https://acme.example/privacy", terms = "https://acme.example/terms" },
            de = new { headline = "Wir sortieren Ihre Post und löschen nichts." },
        },
    };

    public static Task<RestAnswer> SetAsync(this Rest api, string organization, object brand, params (string Name, string Value)[] headers) =>
        api.SendAsync(HttpMethod.Put, $"/organizations/{organization}/branding", brand, headers);

    public static Task<RestAnswer> SetLogoAsync(this Rest api, string organization, byte[] picture, string mediaType = "image/png", params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(picture);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return api.SendAsync(HttpMethod.Put, $"/organizations/{organization}/branding/logo", content, headers);
    }

    public static string LogoAddress(this RestAnswer answer) => answer.Is(HttpStatusCode.OK).Json.GetProperty("logo").GetProperty("address").GetString()!;

    /// <summary>The fields that were refused.</summary>
    public static string[] Wrong(this RestAnswer answer) =>
        [.. answer.Is(HttpStatusCode.BadRequest, "invalid_request").Json.GetProperty("errors").EnumerateObject().Select(error => error.Name)];

    /// <summary>Null where it is left out.</summary>
    public static string? Text(this JsonElement json, string name) => json.TryGetProperty(name, out var text) ? text.GetString() : null;
}
