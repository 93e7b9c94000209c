using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>What a client keeps while its person is away at the authorization endpoint. Here the person's browser keeps it, sealed, for ten minutes: each walk by its own state, so that
/// several tabs can be on their way.</summary>
public sealed class CodeWalk(IDataProtectionProvider protection, IssuerUri issuer, TimeProvider clock)
{
    private const int LongestCookie = 3000;

    // Of a state: enough to tell walks apart.
    private const int Told = 16;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly SealedCookie<BegunWalk> _cookie = new(protection, issuer, "AuthServer.TryIt", "try-it-", LongestCookie);

    /// <summary>Where the code comes back to; the client must have registered it.</summary>
    public string RedirectUri => issuer.At("/developer/try-it/code");

    /// <summary>A new walk, noted in the browser.</summary>
    public BegunWalk Begin(HttpContext http, string organizationId, string sessionId, string clientId)
    {
        var walk = new BegunWalk(organizationId, sessionId, clientId, Handle.New(), Handle.New(), clock.GetUtcNow() + Lifetime);
        _cookie.TryWrite(http, walk, Lifetime, walk.State[..Told]);
        return walk;
    }

    /// <summary>The one with this state, if this browser began it in this session; null: it did not, or it is too long ago.</summary>
    public BegunWalk? Find(HttpContext http, string sessionId, string? state) =>
        state is { Length: > Told } && _cookie.Read(http, state[..Told]) is { } walk && walk.SessionId == sessionId && walk.Until > clock.GetUtcNow()
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(walk.State)) ? walk : null;
}

/// <param name="Verifier">Only who began it knows this: the code is worth nothing without (RFC 7636).</param>
public sealed record BegunWalk(string OrganizationId, string SessionId, string ClientId, string State, string Verifier, DateTimeOffset Until)
{
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>It must not be printed with what it keeps.</summary>
    public override string ToString() => nameof(BegunWalk);
}
