using System.Buffers.Text;

namespace AuthServer.Audit.Chain;

/// <summary>Reads a checkpoint whose octets are known by their hash: its signature may be by a key that nobody has any more.</summary>
internal static class JwsPayload
{
    public static Checkpoint? Read(string token)
    {
        var parts = token.Split('.');
        return parts.Length == 3 && Base64Url.IsValid(parts[1]) ? Checkpoint.Parse(Base64Url.DecodeFromChars(parts[1])) : null;
    }
}
