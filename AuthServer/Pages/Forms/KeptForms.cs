using System.Collections.Concurrent;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AuthServer.Pages.Forms;

/// <summary>Forms that came when their session was over. What was typed waits a while, in this process's memory, for the same person in the same browser: on the page that it was sent to, they send
/// it or forget it. Files do not wait.</summary>
internal sealed class KeptForms(IssuerUri issuer, IAntiforgery antiforgery, TimeProvider clock)
{
    /// <summary>In the form that sends it after all.</summary>
    public const string Field = "kept";

    /// <summary>Characters of all of them: whoever floods the server with late forms loses them others', and takes no memory.</summary>
    private const long Most = 8 * 1024 * 1024;

    private static readonly TimeSpan Time = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, KeptForm> _forms = new(StringComparer.Ordinal);
    private readonly CookieBuilder _cookie = CookieRules.For(issuer, "kept");

    /// <returns>Whether it waits.</returns>
    public bool TryKeep(HttpContext http)
    {
        var request = http.Request;
        if (!request.HasFormContentType || request.Form is not { Files.Count: 0 } form || Carried.Here(request) is not { } page)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        if (form.ContainsKey(Field))
        {
            // The session was over once more.
            return _forms.TryGetValue(IdOf(http), out var known) && known.Until > now;
        }

        if (!form.ContainsKey(FormBinding.Field))
        {
            return false; // none of ours
        }

        var kept = new KeptForm(Handle.New(), page, request.Path + request.QueryString, form.ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal), now + Time);
        _forms[kept.Id] = kept;
        MakeRoom(now);
        http.Response.Cookies.Append(_cookie.Name!, kept.Id, _cookie.Build(http));
        return true;
    }

    /// <summary>What waits for whoever reads this page; null: nothing.</summary>
    public async Task<KeptForm?> FindAsync(HttpContext http) =>
        IdOf(http) is { Length: > 0 } id && _forms.TryGetValue(id, out var kept) && kept.Until > clock.GetUtcNow() && kept.Page == Carried.Here(http.Request) && await IsOwnAsync(http, kept) ? kept : null;

    /// <summary>The same, and it waits no longer.</summary>
    public async Task<KeptForm?> TakeAsync(HttpContext http)
    {
        var kept = await FindAsync(http);
        if (kept is not null && !_forms.TryRemove(kept.Id, out _))
        {
            kept = null; // another click was first
        }

        http.Response.Cookies.Delete(_cookie.Name!, _cookie.Build(http));
        return kept;
    }

    private string IdOf(HttpContext http) => http.Request.Cookies[_cookie.Name!] ?? "";

    /// <summary>Whether the page that it was typed into was made for this browser and this person. Their session may be another: that is why it waits.</summary>
    private async Task<bool> IsOwnAsync(HttpContext http, KeptForm kept)
    {
        var asThen = new DefaultHttpContext { RequestServices = http.RequestServices, User = http.User };
        (asThen.Request.Method, asThen.Request.Scheme, asThen.Request.Host) = (HttpMethods.Post, http.Request.Scheme, http.Request.Host);
        asThen.Request.Headers.Cookie = http.Request.Headers.Cookie;
        asThen.Request.Form = new FormCollection(kept.Fields);
        return await antiforgery.IsRequestValidAsync(asThen) || FormBinding.IsOfOtherSession(asThen);
    }

    private void MakeRoom(DateTimeOffset now)
    {
        var left = Most;
        foreach (var (id, kept) in _forms.OrderByDescending(pair => pair.Value.Until))
        {
            left -= kept.Length;
            if (left < 0 || kept.Until <= now)
            {
                _forms.TryRemove(id, out _);
            }
        }
    }
}

/// <summary>A form that waits.</summary>
/// <param name="Page">Where it is offered.</param>
/// <param name="Target">Where it was sent to: a page of ours, with its query.</param>
internal sealed record KeptForm(string Id, string Page, string Target, Dictionary<string, StringValues> Fields, DateTimeOffset Until)
{
    public long Length { get; } = Fields.Sum(field => field.Key.Length + field.Value.Sum(value => (long)(value?.Length ?? 0)));
}
