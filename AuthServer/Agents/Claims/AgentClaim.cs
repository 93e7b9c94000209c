using System.Security.Cryptography;
using System.Text;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Agents.Claims;

/// <summary>An agent that registered itself, waiting for a person to answer for it. The row goes when somebody does; when nobody does in time, it says when that was.</summary>
public sealed class AgentClaim
{
    // No vowels and nothing that is taken for something else: read aloud, and never a word.
    private const string Alphabet = "BCDFGHJKLMNPQRSTVWXZ";
    private const int HalfOfCode = 4;

    public string AgentId { get; set; } = "";

    /// <summary>The organization that it has for itself until then, with no member.</summary>
    public string OrganizationId { get; set; } = "";

    /// <summary>Base64 of the SHA-256 of the link's token.</summary>
    public string TokenHash { get; set; } = "";

    /// <summary>Whence it was registered, as limits count.</summary>
    public string Network { get; set; } = "";

    /// <summary>The addresses around it, of which one customer can have many networks.</summary>
    public string Neighbourhood { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When its time was over and it was revoked.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>A new claim, and the link's token.</summary>
    public static (AgentClaim Claim, string Token) Create(Agent agent, HttpContext http, DateTimeOffset now, DateTimeOffset expiresAt)
    {
        var token = Handle.New();
        var claim = new AgentClaim
        {
            AgentId = agent.Id,
            OrganizationId = agent.OrganizationId,
            TokenHash = Handle.ReferenceId(token),
            Network = http.Network(),
            Neighbourhood = http.Neighbourhood(),
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        return (claim, token);
    }

    /// <summary>The code that is shown to both sides: it follows from the token, and the token from nothing, so that nobody can make a link with the code of another.</summary>
    public static string CodeOf(string token)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes("claim code " + token));
        var letters = hash.Take(2 * HalfOfCode).Select(octet => Alphabet[octet % Alphabet.Length]).ToArray();
        return $"{new string(letters, 0, HalfOfCode)}-{new string(letters, HalfOfCode, HalfOfCode)}";
    }
}
