using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Http;
using AuthServer.Keys;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Accounts;

/// <summary>Codes that no return URL takes along: a page of ours shows them to whoever came back, who takes them to the application. Only their hash is stored, as of any
/// other; they are derived under a server key, so that the page can be looked at again.</summary>
public sealed class ShownCodes(MasterKey master, BrowserCookie browser, TimeProvider clock)
{
    private readonly byte[] _key = master.Derive("account-codes");

    // A new way out has a new state, and so another code.
    public string Of(AccountLink link) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{link.Id}\n{link.StateHash}")));

    /// <summary>The code of an attempt that waits for it, for the browser that began it alone; null: there is none to show.</summary>
    public string? For(HttpContext http, AccountLink link) =>
        link is { Stage: LinkStage.Waiting, RedirectUri: null, CodeHash: { } hash, BrowserHash: { } own } && link.ExpiresAt > clock.GetUtcNow() && browser.Matches(http, own)
            && Of(link) is var code && Handle.ReferenceId(code) == hash
            ? code
            : null;
}
