using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.ExternalSignIn;

/// <summary>Ways to providers and back, each in a cookie of its own that only this server can make: nothing is stored of whoever only sets out,
/// and nobody comes back in another browser. Each is good once, for ten minutes.</summary>
public sealed class ExternalFlows(IDataProtectionProvider protection, IReplayGuard used, IssuerUri issuer, TimeProvider clock)
{
    private const string Prefix = "external-";
    private const int StateLength = 43;
    private const int NamedBy = 12;
    private const int LongestCookie = 3500;
    private const int MostAtOnce = 4;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _protector = protection.CreateProtector("AuthServer.ExternalSignIn");

    /// <summary>False: it carries too much.</summary>
    public bool TryKeep(HttpContext http, ExternalFlow flow)
    {
        var value = _protector.Protect(JsonSerializer.Serialize(flow));
        if (value.Length > LongestCookie)
        {
            return false;
        }

        // Those that nobody came back from would make every request longer.
        var begun = http.Request.Cookies.Keys.Where(name => name.StartsWith(NameOf(""), StringComparison.Ordinal)).ToList();
        foreach (var name in begun.Take(Math.Max(0, begun.Count - MostAtOnce + 1)))
        {
            http.Response.Cookies.Delete(name, Options(null));
        }

        http.Response.Cookies.Append(NameOf(flow.State), value, Options(Lifetime));
        return true;
    }

    /// <summary>The flow of this state, the first time that it comes back.</summary>
    public async Task<(ExternalFlow? Flow, ExternalFault? Fault)> TakeAsync(HttpContext http, string? state, CancellationToken ct)
    {
        if (state is not { Length: StateLength } || !Base64Url.IsValid(state) || Read(http, state) is not { } flow || flow.BegunAt + Lifetime <= clock.GetUtcNow())
        {
            return (null, ExternalFault.StateUnknown);
        }

        http.Response.Cookies.Delete(NameOf(state), Options(null));
        return await used.TryAddAsync("external:" + Handle.ReferenceId(state), flow.BegunAt + Lifetime, ct) ? (flow, null) : (flow, ExternalFault.StateReplayed);
    }

    private ExternalFlow? Read(HttpContext http, string state)
    {
        if (http.Request.Cookies[NameOf(state)] is not { Length: > 0 and <= LongestCookie } cookie)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ExternalFlow>(_protector.Unprotect(cookie)) is { } flow
                && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(flow.State), System.Text.Encoding.ASCII.GetBytes(state)) ? flow : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            // Made up, or sealed with a key that is gone.
            return null;
        }
    }

    private string NameOf(string state) => CookieRules.NameOf(issuer, Prefix + state[..Math.Min(NamedBy, state.Length)]);

    private CookieOptions Options(TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = issuer.IsHttps,

        // Sent when the provider leads the browser back, which is a link from another site.
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };
}
