using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Keys;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Mcp;

/// <summary>Session ids of the 2025 revisions of the protocol. They say who may use them and hold nothing else, so that every node knows every session, and
/// none is ever a proof of who calls.</summary>
internal sealed class McpSessions(MasterKey master)
{
    private readonly byte[] _key = master.Derive("mcp-sessions");

    /// <param name="caller">Whose it is; null: nobody's in particular.</param>
    public string Open(string? caller)
    {
        var random = Handle.New();
        return $"{random}.{Seal(random, caller)}";
    }

    /// <summary>Whether this caller may use the session: it is theirs, or nobody's in particular.</summary>
    public bool Admits(string session, string? caller)
    {
        var dot = session.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && session.Length <= 200 && (Matches(session, dot, null) | Matches(session, dot, caller));
    }

    private bool Matches(string session, int dot, string? caller) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Seal(session[..dot], caller)), Encoding.ASCII.GetBytes(session[(dot + 1)..]));

    private string Seal(string random, string? caller) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{random}\n{caller}")));
}
