using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
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
/// it or forget it, the last one first where several tabs sent some. Files do not wait.</summary>
internal sealed class KeptForms(IssuerUri issuer, IAntiforgery antiforgery, IOptions<AntiforgeryOptions> forgery, TimeProvider clock)
{
    /// <summary>In the form that sends it after all, or forgets it: which one it is.</summary>
    public const string Field = "kept";

    /// <summary>In the same form: it is to be forgotten.</summary>
    public const string Forgotten = "forget";

    private static readonly FrozenSet<string> OfButtons = FrozenSet.ToFrozenSet([FormBinding.Field, "act", "decision", "version"], StringComparer.OrdinalIgnoreCase);

    /// <summary>In forms that a passkey answers.</summary>
    private const string OfPasskey = "Credential";

    /// <summary>Characters of all of them: whoever floods the server with late forms loses them others', and takes no memory.</summary>
    private const long Most = 8 * 1024 * 1024;

    private static readonly TimeSpan Time = TimeSpan.FromMinutes(30);

    // As long as a form that made something gives the same answer to a second click.
    private static readonly TimeSpan SentAgain = TimeSpan.FromMinutes(1);

    private static readonly int BrowserLength = Handle.New().Length;

    private readonly ConcurrentDictionary<(string Browser, string Page), ImmutableList<KeptForm>> _forms = new();
    private readonly CookieBuilder _cookie = CookieRules.For(issuer, "kept");
    private ITimer? _end;

    /// <returns>Whether it waits.</returns>
    public bool TryKeep(HttpContext http) => MayBeOwn(http) && HoldsSomething(http.Request) && TryKeep(http, mustSignInAgain: false);

    /// <summary>Whether a form holds more than which of its buttons was pressed. Nothing is lost with one that does not: it is pressed again, by whoever reads again what it asks.</summary>
    public static bool HoldsSomething(HttpRequest request) => TryRead(request, out var form) && form.Keys.Any(name => !OfButtons.Contains(name));

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
            return browser is not null && _forms.TryGetValue((browser, page), out var known) && known.Exists(one => one.Waits(now));
        }

        if (!form.ContainsKey(FormBinding.Field))
        {
            return false; // none of ours
        }

        browser ??= Handle.New();
        var kept = new KeptForm(
            Handle.New(), page, http.Request.Path + http.Request.QueryString, form.ToDictionary(field => field.Key, field => field.Value, StringComparer.OrdinalIgnoreCase), now + Time)
        {
            MustSignInAgain = mustSignInAgain,
        };
        _forms.AddOrUpdate((browser, page), static (_, late) => [late.kept], static (_, others, late) => late.kept.After(others, late.now), (kept, now));
        MakeRoom();

        // After the last one no other comes that would do it. Timers and clocks are not of one mind to the millisecond.
        Interlocked.Exchange(ref _end, clock.CreateTimer(_ => MakeRoom(), null, Time + TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan))?.Dispose();
        http.Response.Cookies.Append(_cookie.Name!, browser, new CookieOptions(_cookie.Build(http)) { MaxAge = Time });
        return true;
    }

    /// <summary>What waits for whoever reads this page; null: nothing.</summary>
    public async Task<KeptForm?> FindAsync(HttpContext http)
    {
        foreach (var kept in Of(http).Where(one => one.Waits(clock.GetUtcNow())).Reverse())
        {
            if (await IsOwnAsync(http, kept))
            {
                return kept;
            }
        }

        return null;
    }

    /// <summary>One that is sent, and waits no longer. A second click sends it once more, as it does any form: it comes with the same anti-forgery token, as no other page of it does.</summary>
    /// <returns>Null: another page sent it, or it was forgotten, or it waited too long.</returns>
    public async Task<KeptForm?> TakeAsync(HttpContext http, string id, string? token)
    {
        while (Of(http) is var all && all.Find(one => one.Id == id && one.Until > clock.GetUtcNow()) is { } kept && await IsOwnAsync(http, kept))
        {
            if (kept.SentWith is not null)
            {
                return kept.SentWith == token ? kept : null;
            }

            if (_forms.TryUpdate((BrowserOf(http)!, kept.Page), all.Replace(kept, kept with { SentWith = token ?? "", Until = clock.GetUtcNow() + SentAgain }), all))
            {
                return kept;
            }
        }

        return null;
    }

    public async Task ForgetAsync(HttpContext http, string id)
    {
        while (Of(http) is var all && all.Find(one => one.Id == id) is { } kept && await IsOwnAsync(http, kept) && !_forms.TryUpdate((BrowserOf(http)!, kept.Page), all.Remove(kept), all))
        {
        }
    }

    private string? BrowserOf(HttpContext http) => http.Request.Cookies[_cookie.Name!] is { } browser && browser.Length == BrowserLength ? browser : null;

    /// <summary>Those of a page, whoever's they are.</summary>
    private ImmutableList<KeptForm> Of(HttpContext http) =>
        BrowserOf(http) is { } browser && Carried.Here(http.Request) is { } page && _forms.TryGetValue((browser, page), out var all) ? all : [];

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
            var left = pair.Value.RemoveAll(one => one.Until <= now);
            taken += left.IsEmpty && _forms.TryRemove(pair) ? 0 : left.Sum(one => one.Length);
        }

        if (taken <= Most)
        {
            return;
        }

        // Half of it at once: few of a flood are weighed against all others.
        var room = Most / 2;
        foreach (var pair in _forms.ToArray().OrderByDescending(pair => pair.Value.Select(one => one.Until).DefaultIfEmpty().Max()))
        {
            room -= pair.Value.Sum(one => one.Length);
            if (room < 0)
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
    // Whoever sends more than that from tabs of one page loses the oldest.
    private const int MostOfPage = 5;

    // What an empty form takes, and an empty field.
    private const long Own = 1000;
    private const long OfField = 50;

    /// <summary>The anti-forgery token of the form by which it was sent, or forgotten; null: it waits.</summary>
    public string? SentWith { get; init; }

    /// <summary>Its person was signed in, but too long ago or too weakly for what it does.</summary>
    public bool MustSignInAgain { get; init; }

    public long Length { get; } = Own + Page.Length + Target.Length + Fields.Sum(field => field.Key.Length + field.Value.Sum(value => OfField + (value?.Length ?? 0)));

    public bool Waits(DateTimeOffset now) => SentWith is null && Until > now;

    /// <summary>Those that wait on its page, and it.</summary>
    public ImmutableList<KeptForm> After(ImmutableList<KeptForm> others, DateTimeOffset now) => [.. others.Where(one => one.Until > now && !IsLike(one)).TakeLast(MostOfPage - 1), this];

    /// <summary>Whether it says the same, as that of a second press does.</summary>
    private bool IsLike(KeptForm other) => Target == other.Target && Fields.Count == other.Fields.Count
        && Fields.All(field => field.Key == FormBinding.Field || (other.Fields.TryGetValue(field.Key, out var value) && field.Value == value));
}
