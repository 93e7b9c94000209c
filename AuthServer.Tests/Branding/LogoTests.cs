using System.Net;
using AuthServer.Branding;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Branding;

/// <summary>The logo and the colour as browsers get them.</summary>
public sealed class LogoTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    public static TheoryData<string, string, byte[]> Kinds => new()
    {
        { "image/png", ".png", TestPictures.Png() },
        { "image/jpeg", ".jpg", TestPictures.Jpeg() },
        { "image/webp", ".webp", TestPictures.WebP() },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_logo_is_a_picture_and_nothing_else(string mediaType, string ending, byte[] sent)
    {
        var crew = await side.CrewAsync();
        var set = await crew.Key.SetLogoAsync(crew.Id, sent, mediaType);
        var address = set.LogoAddress();
        Assert.Matches($"^/branding/{crew.Id}/[0-9a-f]{{32}}[.]{ending[1..]}$", address);
        Assert.Equal((mediaType, 64), (set.Json.GetProperty("logo").Text("type"), set.Json.GetProperty("logo").GetProperty("width").GetInt32()));

        var (response, content) = await GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(mediaType, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(content.Length, response.Content.Headers.ContentLength);
        Assert.Equal("public, max-age=31536000, immutable", Header(response, "Cache-Control"));
        Assert.Equal("sandbox; default-src 'none'; frame-ancestors 'none'", Header(response, "Content-Security-Policy"));
        Assert.Equal(("nosniff", "same-origin"), (Header(response, "X-Content-Type-Options"), Header(response, "Cross-Origin-Resource-Policy")));
        Assert.False(response.Headers.Contains("Set-Cookie") || response.Headers.Contains("Vary"));

        using var http = side.Server.CreateClient();
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, address));
        Assert.Equal((HttpStatusCode.OK, content.Length), (head.StatusCode, (int)head.Content.Headers.ContentLength!));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync(new Uri(address, UriKind.Relative), null)).StatusCode);
    }

    [Fact]
    public async Task A_replaced_or_removed_logo_is_gone()
    {
        var crew = await side.CrewAsync();
        var first = (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png(shade: 1))).LogoAddress();
        var second = (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png(shade: 2))).LogoAddress();
        Assert.NotEqual(first, second);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), ((await GetAsync(first)).Response.StatusCode, (await GetAsync(second)).Response.StatusCode));
        Assert.Equal("no-store", Header((await GetAsync(first)).Response, "Cache-Control"));
        Assert.False((await crew.Key.DeleteAsync(crew.Path + "/branding/logo")).Is(HttpStatusCode.OK).Json.TryGetProperty("logo", out _));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(second)).Response.StatusCode);
        foreach (var (type, count) in new[] { ("branding.logo_changed", 2), ("branding.logo_removed", 1) })
        {
            Assert.Equal(count, (await side.Server.TrailAsync(type)).Count(row => row.OrganizationId == crew.Id && row.Subject == crew.Owner.Id));
        }
    }

    [Fact]
    public async Task A_logo_is_found_at_its_own_address_only()
    {
        var (crew, others) = (await side.CrewAsync(), await side.CrewAsync());
        var address = (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png())).LogoAddress();
        (await others.Key.SetLogoAsync(others.Id, TestPictures.Png(shade: 9))).LogoAddress();
        string[] wrong = [address.Replace(crew.Id, others.Id, StringComparison.Ordinal), address[..^4], address[..^4] + ".jpg", address[..^4] + ".html", address + "/", address[..^4] + ".png.svg", $"/branding/{crew.Id}/", "/branding/x/..%2F..%2Fsite.css", "/branding"];
        foreach (var other in wrong)
        {
            var answer = (await GetAsync(other)).Response;
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound || other == address + "/", $"{other}: {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("image/svg+xml", HttpStatusCode.UnsupportedMediaType, "content_type")]
    [InlineData("text/html", HttpStatusCode.UnsupportedMediaType, "content_type")]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType, "content_type")]
    [InlineData("image/png", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("image/webp", HttpStatusCode.BadRequest, "invalid_request")]
    public async Task A_drawing_is_none_whatever_it_is_called(string mediaType, HttpStatusCode status, string code)
    {
        var crew = await side.CrewAsync();
        var answer = await crew.Key.SetLogoAsync(crew.Id, "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"u8.ToArray(), mediaType);
        answer.Is(status, code);
        Assert.DoesNotContain("alert", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_under_another_name_or_of_too_many_octets_is_refused()
    {
        var crew = await side.CrewAsync();
        Assert.Equal(["logo"], (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Jpeg(), "image/png")).Wrong());
        (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png(more: [("tEXt", new byte[200 * 1024])]))).Is(HttpStatusCode.OK);
        (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png(more: [("tEXt", new byte[256 * 1024])]))).Is(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    /// <summary>What could be read as a page is left out where it may stand in a picture, and refused where it may not; what is in the pixels is never read as one.</summary>
    [Fact]
    public async Task A_page_in_a_picture_stays_a_picture()
    {
        var crew = await side.CrewAsync();
        var page = "<!doctype html><script>alert(document.domain)</script>"u8.ToArray();
        var (response, content) = await GetAsync((await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png(more: [("tEXt", page)]))).LogoAddress());
        Assert.Equal("image/png", response.Content.Headers.ContentType!.ToString());
        Assert.DoesNotContain("script", System.Text.Encoding.Latin1.GetString(content), StringComparison.Ordinal);
        Assert.Equal(["logo"], (await crew.Key.SetLogoAsync(crew.Id, [.. TestPictures.Png(), .. page])).Wrong());
    }

    [Fact]
    public async Task A_colour_is_a_stylesheet_of_three_properties()
    {
        var address = AccentStylesheet.Address(AccentColour.Read("#1f6feb")!.Value);
        var (response, content) = await GetAsync(address);
        Assert.Equal("text/css; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=31536000, immutable", Header(response, "Cache-Control"));
        Assert.Equal(6, System.Text.Encoding.ASCII.GetString(content).Split("--").Length - 1);
        foreach (var other in new[] { "/branding/colours/ffffff-00000000.css", "/branding/colours/1f6feb.css", "/branding/colours/red.css" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(other)).Response.StatusCode);
        }
    }

    private async Task<(HttpResponseMessage Response, byte[] Content)> GetAsync(string address)
    {
        using var http = side.Server.CreateClient();
        var response = await http.GetAsync(new Uri(address, UriKind.Relative));
        return (response, await response.Content.ReadAsByteArrayAsync());
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}
