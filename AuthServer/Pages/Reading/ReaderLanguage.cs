using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AuthServer.Accounts;
using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Pages.Reading;

/// <summary>In which language somebody reads a page: what the waiting authorization request asks for (OIDC Core §3.1.2.1, <c>ui_locales</c>), else what they chose here, else what
/// their browser asks for, else English. What they choose while a request waits is above that request's wish.</summary>
public sealed class ReaderLanguage(KnownLanguages known, IAuthorizationRequests requests, IssuerUri issuer, TimeProvider clock)
{
    private const int MostWishes = 20;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>Those to choose from.</summary>
    public IReadOnlyList<Language> All => known.All;

    private string Name => CookieRules.NameOf(issuer, "language");

    /// <summary>Keeps in the browser what somebody chose; null: it is not spoken here.</summary>
    public Language? Keep(HttpContext http, string? tag)
    {
        if (known.Find(tag) is not { } language)
        {
            return null;
        }

        var rules = CookieRules.For(issuer, "language");
        rules.MaxAge = Kept;
        http.Response.Cookies.Append(Name, RequestId(http) is { } id ? $"{language.Tag}.{id}" : language.Tag, rules.Build(http));
        return language;
    }

    internal async Task<Language> OfAsync(HttpContext http)
    {
        var (id, kept) = (RequestId(http), (http.Request.Cookies[Name] ?? "").Split('.', 2));
        var chosen = known.Find(kept[0]);
        if (chosen is { } forThis && id is not null && kept is [_, var chosenFor] && chosenFor == id)
        {
            return forThis;
        }

        return known.Choose(await WishesAsync(http, id)) ?? chosen ?? known.Choose(Accepted(http)) ?? Language.English;
    }

    private static string? RequestId(HttpContext http) => http.Request.Query["request_id"] is [{ } id] && Base64Url.IsValid(id) ? id : null;

    private async Task<IEnumerable<string>> WishesAsync(HttpContext http, string? id)
    {
        if (id is null)
        {
            return http.Request.Path.StartsWithSegments(Routes.Authorize) ? Split(http.Request.Query["ui_locales"]) : [];
        }

        var stored = await requests.FindAsync(id, clock.GetUtcNow(), http.RequestAborted);
        return stored is null ? [] : Split(Parameters.Parse(Encoding.UTF8.GetBytes(stored.Parameters)).Value?["ui_locales"]);
    }

    private static IEnumerable<string> Split(string? tags) => (tags ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MostWishes);

    private static IEnumerable<string> Accepted(HttpContext http) => http.Request.GetTypedHeaders().AcceptLanguage.Take(MostWishes)
        .Where(wish => wish.Quality is not 0).OrderByDescending(wish => wish.Quality ?? 1).Select(wish => wish.Value.ToString());
}

public static class ReaderLanguageSteps
{
    /// <summary>Pages are written in the reader's language from here on, the error page too.</summary>
    public static IApplicationBuilder UseReaderLanguage(this IApplicationBuilder app)
    {
        var reader = app.ApplicationServices.GetRequiredService<ReaderLanguage>();
        return app.Use(async (http, next) =>
        {
            CultureInfo.CurrentUICulture = (await reader.OfAsync(http)).Culture;
            await next(http);
        });
    }
}
