using System.Security.Cryptography;
using System.Text;
using AuthServer.Keys;

namespace AuthServer.Webhooks;

/// <summary>What a webhook's messages are signed with, by the rules of Standard Webhooks: 32 random octets, written <c>whsec_</c> and base64.</summary>
public sealed class WebhookSecret
{
    public const string Prefix = "whsec_";

    private const int Size = 32;

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    public static WebhookSecret New() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Null: it is not this webhook's, not of this installation, or damaged.</summary>
    public static WebhookSecret? Open(MasterKey master, byte[] envelope, string webhookId) =>
        master.TryOpen(envelope, Identity(webhookId), out var key, out _) ? new(key) : null;

    public byte[] Seal(MasterKey master, string webhookId) => master.Seal(_key, Identity(webhookId));

    /// <summary>For its owner, once.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <summary>Standard Webhooks: over the message's id, the moment and the body.</summary>
    /// <param name="timestamp">Seconds since 1970.</param>
    public string Sign(string id, string timestamp, ReadOnlySpan<byte> body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(_key, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body]));

    /// <summary>AgentAuth: over the body alone, with the secret as it is written for a key.</summary>
    public string SignBody(ReadOnlySpan<byte> body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Reveal()), body));

    public override string ToString() => "WebhookSecret (redacted)";

    private static string Identity(string webhookId) => "webhook-secret:" + webhookId;
}
