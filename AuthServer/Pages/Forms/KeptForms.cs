using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace AuthServer.Pages.Forms;

/// <summary>Forms that came when their session was over. What was typed waits a while, in this process's memory, for the same person in the same browser: on the page that it was sent to, they send
/// it or forget it. Of each page the last one waits. Files do not.</summary>
internal sealed class KeptForms(IssuerUri issuer, IAntiforgery antiforgery, IOptions<AntiforgeryOptions> forgery, TimeProvider clock)
{
    /// <summary>In the form that sends it after all, or forgets it: which one it is.</summary>
    public const string Field = "kept";

    /// <summary>In the same form: it is to be forgotten.</summary>
    public const string Forgotten = "forget";

    /// <summary>In forms that a passkey answers.</summary>
    private const string OfPasskey = "Credential";

    /// <summary>Characters of all of them: whoever floods the server with late forms loses them others', and takes no memory.</summary>
    private const long Most = 8 * 1024 * 1024;

    private static readonly TimeSpan Time = TimeSpan.FromMinutes(30);

    // As long as a form that made something gives the same answer to a second click.
    private static readonly TimeSpan SentAgain = TimeSpan.FromMinutes(1);

    private static readonly int BrowserLength = Handle.New().Length;

    private readonly ConcurrentDictionary<(string Browser, string Page), KeptForm> _forms = new();
    private readonly CookieBuilder _cookie = CookieRules.For(issuer, "kept");
    private ITimer? _end;

    /// <returns>Whether it waits.</returns>
    public bool TryKeep(HttpContext http) => MayBeOwn(http) && TryKeep(http, mustSignInAgain: false);

    /// <summary>The same for one that its own person sent, who has to sign in once more before it can be done.</summary>
    public bool TryKeepOwn(HttpContext http) => TryKeep(http, mustSignInAgain: true);

    private bool TryKeep(HttpContext http, bool mustSignInAgain)
    {
        // What a passkey answers, it answers to one session: it could not be sent later.
        if (!TryRead(http.Request, out var form) || form.Files.Count > 0 || form.ContainsKey(OfPasskey) || Carried.Here(http.Request) is not { } page)
        {
            return false;
        }

        var (now, browser) = (clock.GetUtcNow(), BrowserOf(http));
        if (form.ContainsKey(Field))
        {
            // The session was over once more.
            return browser is not null && _forms.TryGetValue((browser, page), out var known) && known.Waits(now);
        }

        if (!form.ContainsKey(FormBinding.Field))
        {
            return false; // none of ours
        }

        browser ??= Handle.New();
        _forms[(browser, page)] = new KeptForm(
            Handle.New(), page, http.Request.Path + http.Request.QueryString, form.ToDictionary(field => field.Key, field => field.Value, StringComparer.OrdinalIgnoreCase), now + Time)
        {
            MustSignInAgain = mustSignInAgain,
        };
        MakeRoom();

        // After the last one no other comes that would do it. Timers and clocks are not of one mind to the millisecond.
        Interlocked.Exchange(ref _end, clock.CreateTimer(_ => MakeRoom(), null, Time + TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan))?.Dispose();
        http.Response.Cookies.Append(_cookie.Name!, browser, new CookieOptions(_cookie.Build(http)) { MaxAge = Time });
        return true;
    }

    /// <summary>What waits for whoever reads this page; null: nothing.</summary>
    public async Task<KeptForm?> FindAsync(HttpContext http) => await ReadAsync(http, null) is { } kept && kept.Waits(clock.GetUtcNow()) ? kept : null;

    /// <summary>One that is sent, and waits no longer. A second click sends it once more, as it does any form: it comes with the same anti-forgery token, as no other page of it does.</summary>
    /// <returns>Null: another page sent it, or it was forgotten, or it waited too long.</returns>
    public async Task<KeptForm?> TakeAsync(HttpContext http, string id, string? token)
    {
        while (await ReadAsync(http, id) is { } kept)
        {
            if (kept.SentWith is not null)
            {
                return kept.SentWith == token ? kept : null;
            }

            if (_forms.TryUpdate((BrowserOf(http)!, kept.Page), kept with { SentWith = token ?? "", Until = clock.GetUtcNow() + SentAgain }, kept))
            {
                return kept;
            }
        }

        return null;
    }

    public async Task ForgetAsync(HttpContext http, string id)
    {
        if (await ReadAsync(http, id) is { } kept)
        {
            _forms.TryRemove(KeyValuePair.Create((BrowserOf(http)!, kept.Page), kept));
        }
    }

    private string? BrowserOf(HttpContext http) => http.Request.Cookies[_cookie.Name!] is { } browser && browser.Length == BrowserLength ? browser : null;

    /// <param name="id">Null: whichever this page has.</param>
    private async Task<KeptForm?> ReadAsync(HttpContext http, string? id) =>
        BrowserOf(http) is { } browser && Carried.Here(http.Request) is { } page && _forms.TryGetValue((browser, page), out var kept)
        && (id ?? kept.Id) == kept.Id && kept.Until > clock.GetUtcNow() && await IsOwnAsync(http, kept) ? kept : null;

    /// <summary>Whether it can be its sender's once they are signed in. While nobody is, all that is known is whether it is the browser of some page of ours.</summary>
    private bool MayBeOwn(HttpContext http) =>
        SignInSessions.PersonOf(http.User) is null ? http.Request.Cookies.ContainsKey(forgery.Value.Cookie.Name!) : FormBinding.IsOfOtherSession(http);

    /// <summary>Whether the page that it was typed into was made for this browser and this person. Their session may be another: that is why it waits.</summary>
    private async Task<bool> IsOwnAsync(HttpContext http, KeptForm kept)
    {
        var asThen = new DefaultHttpContext { RequestServices = http.RequestServices, User = http.User };
        (asThen.Request.Method, asThen.Request.Scheme, asThen.Request.Host) = (HttpMethods.Post, http.Request.Scheme, http.Request.Host);
        asThen.Request.Headers.Cookie = http.Request.Headers.Cookie;
        asThen.Request.Form = new FormCollection(kept.Fields);
        return await antiforgery.IsRequestValidAsync(asThen) || FormBinding.IsOfOtherSession(asThen);
    }

    /// <summary>What the check against forgery could not read is refused, and cannot be read here either.</summary>
    internal static bool TryRead(HttpRequest request, [NotNullWhen(true)] out IFormCollection? form)
    {
        try
        {
            form = request.HasFormContentType ? request.Form : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            form = null;
        }

        return form is not null;
    }

    private void MakeRoom()
    {
        var (now, taken) = (clock.GetUtcNow(), 0L);
        foreach (var pair in _forms)
        {
            taken += pair.Value.Until > now || !_forms.TryRemove(pair) ? pair.Value.Length : 0;
        }

        if (taken <= Most)
        {
            return;
        }

        // Half of it at once: few of a flood are weighed against all others.
        var left = Most / 2;
        foreach (var pair in _forms.ToArray().OrderByDescending(pair => pair.Value.Until))
        {
            left -= pair.Value.Length;
            if (left < 0)
            {
                _forms.TryRemove(pair);
            }
        }
    }
}

/// <summary>A form that waits.</summary>
/// <param name="Page">Where it is offered.</param>
/// <param name="Target">Where it was sent to: a page of ours, with its query.</param>
internal sealed record KeptForm(string Id, string Page, string Target, Dictionary<string, StringValues> Fields, DateTimeOffset Until)
{
    // What an empty form takes, and an empty field.
    private const long Own = 1000;
    private const long OfField = 50;

    /// <summary>The anti-forgery token of the form by which it was sent, or forgotten; null: it waits.</summary>
    public string? SentWith { get; init; }

    /// <summary>Its person was signed in, but too long ago or too weakly for what it does.</summary>
    public bool MustSignInAgain { get; init; }

    public long Length { get; } = Own + Page.Length + Target.Length + Fields.Sum(field => field.Key.Length + field.Value.Sum(value => OfField + (value?.Length ?? 0)));

    public bool Waits(DateTimeOffset now) => SentWith is null && Until > now;
}
