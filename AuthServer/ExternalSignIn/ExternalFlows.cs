using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
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

    private readonly SealedCookie<ExternalFlow> _cookie = new(protection, issuer, "AuthServer.ExternalSignIn", Prefix, LongestCookie);

    /// <summary>False: it carries too much.</summary>
    public bool TryKeep(HttpContext http, ExternalFlow flow)
    {
        if (!_cookie.TryWrite(http, flow, Lifetime, PartOf(flow.State)))
        {
            return false;
        }

        // Those that nobody came back from would make every request longer.
        var begun = http.Request.Cookies.Keys.Where(name => name.StartsWith(_cookie.NameOf(), StringComparison.Ordinal)).ToList();
        foreach (var name in begun.Take(Math.Max(0, begun.Count - MostAtOnce + 1)))
        {
            _cookie.DeleteNamed(http, name);
        }

        return true;
    }

    /// <summary>The flow of this state, the first time that it comes back.</summary>
    public async Task<(ExternalFlow? Flow, ExternalFault? Fault)> TakeAsync(HttpContext http, string? state, CancellationToken ct)
    {
        if (state is not { Length: StateLength } || !Base64Url.IsValid(state) || Read(http, state) is not { } flow || flow.BegunAt + Lifetime <= clock.GetUtcNow())
        {
            return (null, ExternalFault.StateUnknown);
        }

        _cookie.Delete(http, PartOf(state));
        return await used.TryAddAsync("external:" + Handle.ReferenceId(state), flow.BegunAt + Lifetime, ct) ? (flow, null) : (flow, ExternalFault.StateReplayed);
    }

    private ExternalFlow? Read(HttpContext http, string state) =>
        _cookie.Read(http, PartOf(state)) is { } flow && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(flow.State), Encoding.ASCII.GetBytes(state)) ? flow : null;

    private static string PartOf(string state) => state[..Math.Min(NamedBy, state.Length)];
}
