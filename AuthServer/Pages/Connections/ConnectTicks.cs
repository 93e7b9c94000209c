using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Connections;

/// <summary>What was left ticked on the page of a link whose form came when its session was over: the browser keeps it for that link, the last one of them, as long as a link is good.</summary>
public sealed class ConnectTicks(IDataProtectionProvider protection, IssuerUri issuer)
{
    private const int LongestCookie = 4000;

    private readonly SealedCookie<Note> _cookie = new(protection, issuer, "AuthServer.ConnectTicks", "connect-ticks", LongestCookie);

    /// <summary>Nothing is kept of more than a cookie holds.</summary>
    public void Keep(HttpContext http, string token, string[] ticked) => _cookie.TryWrite(http, new Note(Handle.ReferenceId(token), ticked), AccountLinks.Lifetime);

    /// <summary>Null: nothing is kept of that link, and all is ticked, as at first.</summary>
    public IReadOnlyList<string>? Read(HttpContext http, string token) =>
        _cookie.Read(http) is { } note && note.Link == Handle.ReferenceId(token) ? note.Ticked : null;

    internal sealed record Note(string Link, string[] Ticked);
}
