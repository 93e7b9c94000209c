using System.Globalization;
using System.Net;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Branding;

public sealed class BrandingApiTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Fact]
    public async Task A_brand_is_set_read_replaced_and_taken_back()
    {
        var crew = await side.CrewAsync();
        var first = (await crew.Key.GetAsync(crew.Path + "/branding")).Is(HttpStatusCode.OK);
        Assert.Equal("\"0\"", first.Response.Headers.ETag!.ToString());
        Assert.Null(first.Json.Text("name"));

        var set = (await crew.Key.SetAsync(crew.Id, BrandSide.Full)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("Acme", "#0b7a4b", "en"), (set.Text("name"), set.Text("colour"), set.Text("language")));
        Assert.Equal("#0b7a4b", set.GetProperty("buttons").GetProperty("light").Text("button"));
        Assert.Equal(BrandSide.Headline, set.GetProperty("texts").GetProperty("en").Text("headline"));
        Assert.Equal(set.ToString(), (await crew.Key.GetAsync(crew.Path + "/branding")).Json.ToString());

        var less = (await crew.Key.SetAsync(crew.Id, new { texts = new Dictionary<string, object> { ["PT-br"] = new { headline = "Olá" }, ["fr"] = new { }, ["de"] = new { help = "Hilfe" } } })).Is(HttpStatusCode.OK).Json;
        Assert.Equal((null, null, "de"), (less.Text("name"), less.Text("colour"), less.Text("language")));
        Assert.Equal(["de", "pt-BR"], less.GetProperty("texts").EnumerateObject().Select(text => text.Name));

        (await crew.Key.DeleteAsync(crew.Path + "/branding")).Is(HttpStatusCode.NoContent);
        (await crew.Key.DeleteAsync(crew.Path + "/branding")).Is(HttpStatusCode.NoContent);
        Assert.Equal(first.Json.ToString(), (await crew.Key.GetAsync(crew.Path + "/branding")).Json.ToString());
        Assert.Equal(["branding.changed", "branding.changed", "branding.reset"], await EventsAsync(crew));
    }

    [Fact]
    public async Task The_same_set_twice_is_one_change()
    {
        var (crew, plain) = (await side.CrewAsync(), await side.CrewAsync());
        var first = (await crew.Key.SetAsync(crew.Id, BrandSide.Full)).Response.Headers.ETag;
        Assert.Equal(first, (await crew.Key.SetAsync(crew.Id, BrandSide.Full)).Is(HttpStatusCode.OK).Response.Headers.ETag);
        (await plain.Key.SetAsync(plain.Id, new { })).Is(HttpStatusCode.OK);
        (await plain.Key.DeleteAsync(plain.Path + "/branding/logo")).Is(HttpStatusCode.OK);
        Assert.Equal(["branding.changed"], await EventsAsync(crew));
        Assert.Empty(await EventsAsync(plain));
    }

    [Fact]
    public async Task A_change_needs_the_version_that_it_is_meant_for()
    {
        var crew = await side.CrewAsync();
        var version = (await crew.Key.SetAsync(crew.Id, BrandSide.Full, ("If-Match", "\"0\""))).Is(HttpStatusCode.OK).Response.Headers.ETag!.ToString();
        (await crew.Key.SetAsync(crew.Id, new { name = "Late" }, ("If-Match", "\"0\""))).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png(), "image/png", ("If-Match", "\"0\""))).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png(), "image/png", ("If-Match", version))).Is(HttpStatusCode.OK);
        foreach (var path in new[] { "/branding", "/branding/logo" })
        {
            (await crew.Key.SendAsync(HttpMethod.Delete, crew.Path + path, null, ("If-Match", version))).Is(HttpStatusCode.PreconditionFailed, "stale_version");
        }
    }

    [Fact]
    public async Task Many_who_set_it_at_once_leave_one_whole_brand()
    {
        var crew = await side.CrewAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => crew.Key.SetAsync(crew.Id, new { name = $"Acme {i}", colour = $"#{i:x2}4080" })));
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict, answer.Text));
        var brand = (await crew.Key.GetAsync(crew.Path + "/branding")).Json;
        Assert.Equal($"#{int.Parse(brand.Text("name")![5..], CultureInfo.InvariantCulture):x2}4080", brand.Text("colour"));
        Assert.Equal(answers.Count(answer => answer.Status == HttpStatusCode.OK), (await EventsAsync(crew)).Count);
    }

    [Theory]
    [InlineData("GET", "", "auditor")]
    [InlineData("PUT", "", "admin")]
    [InlineData("DELETE", "", "admin")]
    [InlineData("PUT", "/logo", "admin")]
    [InlineData("DELETE", "/logo", "admin")]
    public async Task Whoever_has_too_low_a_role_is_refused_and_strangers_find_nothing(string method, string path, string least)
    {
        var (crew, others) = (await side.CrewAsync(), await side.CrewAsync());
        (await crew.Key.SetAsync(crew.Id, BrandSide.Full)).Is(HttpStatusCode.OK);
        async Task<RestAnswer> TryAsync(Rest caller) => await caller.SendAsync(new HttpMethod(method), crew.Path + "/branding" + path, method != "PUT" ? null : path == "" ? (object)new { name = "Taken over" } : Logo());
        foreach (var role in new[] { "auditor", "developer" })
        {
            var answer = await TryAsync((await crew.JoinedAsync(role)).Api);
            answer.Is(least == "auditor" ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        }

        (await TryAsync(others.Owner.Api)).Is(HttpStatusCode.NotFound, "not_found");
        (await TryAsync(others.Key)).Is(HttpStatusCode.NotFound, "not_found");
        (await TryAsync(side.Nobody)).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal("Acme", (await crew.Key.GetAsync(crew.Path + "/branding")).Json.Text("name"));
        Assert.True((await TryAsync((await crew.JoinedAsync("admin")).Api)).Status is HttpStatusCode.OK or HttpStatusCode.NoContent);

        static ByteArrayContent Logo() => new(TestPictures.Png()) { Headers = { { "Content-Type", "image/png" } } };
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "name", """{"name":""}""" },
        { "name", """{"name":" Acme"}""" },
        { "name", """{"name":"Ac\u202eme"}""" },
        { "name", """{"name":"Ac\u200bme"}""" },
        { "name", """{"name":"Acme\nThis server says"}""" },
        { "name", """{"name":"\u0410cme"}""" },
        { "name", """{"name":"\ud835\udc00cme"}""" },
        { "name", """{"name":"Auth Server"}""" },
        { "name", """{"name":"AUTH-5ERVER team"}""" },
        { "name", $$"""{"name":"{{new string('a', 61)}}"}""" },
        { "colour", """{"colour":"blue"}""" },
        { "colour", """{"colour":"#ffffff"}""" },
        { "colour", """{"colour":"#00f"}""" },
        { "colour", """{"colour":"#0000ff; } body { background: url(//evil.example)"}""" },
        { "colour", """{"colour":"#0000ff\u0000"}""" },
        { "language", """{"language":"en"}""" },
        { "language", """{"language":"fr","texts":{"en":{"help":"Hello"},"fr":{}}}""" },
        { "texts", """{"texts":{"de":{"help":"a"},"DE":{"help":"b"}}}""" },
        { "texts.klingon language", """{"texts":{"klingon language":{"help":"a"}}}""" },
        { "texts.<b>", """{"texts":{"<b>":{"help":"a"}}}""" },
        { "texts.en.headline", """{"texts":{"en":{"headline":"pay\u2066pal"}}}""" },
        { "texts.en.headline", """{"texts":{"en":{"headline":"one\ntwo"}}}""" },
        { "texts.en.headline", """{"texts":{"en":{"headline":"You are at p\u0430ypal"}}}""" },
        { "texts.en.help", $$$$"""{"texts":{"en":{"help":"{{{{new string('a', 301)}}}}"}}}""" },
        { "texts.en.support", """{"texts":{"en":{"support":"javascript:alert(1)"}}}""" },
        { "texts.en.support", """{"texts":{"en":{"support":"mailto:help@acme.example?bcc=x@evil.example"}}}""" },
        { "texts.en.support", """{"texts":{"en":{"support":"mailto:a@b.example,c@d.example"}}}""" },
        { "texts.en.support", """{"texts":{"en":{"support":"MAILTO:"}}}""" },
        { "texts.en.support", """{"texts":{"en":{"support":"http://acme.example"}}}""" },
        { "texts.en.privacy", """{"texts":{"en":{"privacy":"mailto:help@acme.example"}}}""" },
        { "texts.en.privacy", """{"texts":{"en":{"privacy":"https://login.example@evil.example/"}}}""" },
        { "texts.en.privacy", """{"texts":{"en":{"privacy":"https://acme.example\\@evil.example/"}}}""" },
        { "texts.en.privacy", """{"texts":{"en":{"privacy":" https://acme.example"}}}""" },
        { "texts.en.privacy", """{"texts":{"en":{"privacy":"https://\u0430cme.example/"}}}""" },
        { "texts.en.terms", """{"texts":{"en":{"terms":"data:text/html,<script>alert(1)</script>"}}}""" },
        { "texts.en.terms", """{"texts":{"en":{"terms":"//acme.example"}}}""" },
        { "texts.en.terms", """{"texts":{"en":{"terms":"https://"}}}""" },
        { "texts.en.terms", """{"texts":{"en":{"terms":"https://127.0.0.1/"}}}""" },
        { "texts.en.terms", """{"texts":{"en":{"terms":"https://acme.example/\"><script>"}}}""" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_could_mislead_or_run_is_refused_by_its_field(string field, string json)
    {
        var crew = await side.CrewAsync();
        var answer = await crew.Key.SendAsync(HttpMethod.Put, crew.Path + "/branding", new StringContent(json, null, "application/json"));
        Assert.Equal([field], answer.Wrong());
        Assert.Empty(await EventsAsync(crew));
    }

    [Fact]
    public async Task A_colour_that_cannot_be_seen_is_refused_with_one_that_would_do()
    {
        var crew = await side.CrewAsync();
        var sentence = (await crew.Key.SetAsync(crew.Id, new { colour = "#ffffff" })).Json.GetProperty("errors").GetProperty("colour")[0].GetString()!;
        var better = sentence.Split(' ').Single(word => word.StartsWith('#'));
        (await crew.Key.SetAsync(crew.Id, new { colour = better })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task At_most_twenty_languages_have_texts()
    {
        var crew = await side.CrewAsync();
        string[] tags = ["en", "de", "fr", "it", "es", "pt", "nl", "da", "sv", "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "tr", "ja", "ko", "zh"];
        object Of(int count) => new { texts = tags.Take(count).ToDictionary(tag => tag, _ => new { help = "…" }) };
        (await crew.Key.SetAsync(crew.Id, Of(20))).Is(HttpStatusCode.OK);
        Assert.Equal(["texts"], (await crew.Key.SetAsync(crew.Id, Of(21))).Wrong());
        (await crew.Key.SetAsync(crew.Id, new { logo = "https://evil.example/logo.png" })).Is(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_closed_organization_leaves_nothing_of_it()
    {
        var crew = await side.CrewAsync();
        (await crew.Key.SetAsync(crew.Id, BrandSide.Full)).Is(HttpStatusCode.OK);
        var logo = (await crew.Key.SetLogoAsync(crew.Id, TestPictures.Png())).LogoAddress();
        var owner = await crew.Owner.SignInAsync(crew.Id);
        (await owner.Api.DeleteAsync(crew.Path)).Is(HttpStatusCode.NoContent);
        Assert.Equal((0, 0), await side.Server.QueryAsync(async context =>
            (await context.Brands.CountAsync(row => row.OrganizationId == crew.Id), await context.BrandLogos.CountAsync(row => row.OrganizationId == crew.Id))));
        using var http = side.Server.CreateClient();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(logo, UriKind.Relative))).StatusCode);
    }

    private Task<List<string>> EventsAsync(Crew crew) => side.Server.QueryAsync(context => context.AuditEvents
        .Where(row => row.OrganizationId == crew.Id && row.Type.StartsWith("branding.")).OrderBy(row => row.Type).Select(row => row.Type).ToListAsync());
}
