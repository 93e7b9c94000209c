using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>What a client keeps while its person is away at the authorization endpoint. Here the person's browser keeps it, sealed, for ten minutes.</summary>
public sealed class CodeWalk(IDataProtectionProvider protection, IssuerUri issuer)
{
    private const string Name = "try-it";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("AuthServer.TryIt").ToTimeLimitedDataProtector();

    /// <summary>Where the code comes back to; the client must have registered it.</summary>
    public string RedirectUri => issuer.At("/developer/try-it/code");

    /// <summary>A new walk, noted in the browser.</summary>
    public BegunWalk Begin(HttpContext http, string organizationId, string sessionId, string clientId)
    {
        var walk = new BegunWalk(organizationId, sessionId, clientId, Handle.New(), Handle.New());
        http.Response.Cookies.Append(
            CookieRules.NameOf(issuer, Name), _protector.Protect(JsonSerializer.Serialize(walk), Lifetime), CookieRules.For(issuer, Name).Build(http));
        return walk;
    }

    /// <summary>The one that this browser began in this session; null: none, or it is too long ago.</summary>
    public BegunWalk? Find(HttpContext http, string sessionId)
    {
        try
        {
            return http.Request.Cookies[CookieRules.NameOf(issuer, Name)] is { } kept
                && JsonSerializer.Deserialize<BegunWalk>(_protector.Unprotect(kept)) is { } walk && walk.SessionId == sessionId ? walk : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void End(HttpContext http) => http.Response.Cookies.Delete(CookieRules.NameOf(issuer, Name), CookieRules.For(issuer, Name).Build(http));
}

/// <param name="Verifier">Only who began it knows this: the code is worth nothing without (RFC 7636).</param>
public sealed record BegunWalk(string OrganizationId, string SessionId, string ClientId, string State, string Verifier)
{
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>It must not be printed with what it keeps.</summary>
    public override string ToString() => nameof(BegunWalk);
}
