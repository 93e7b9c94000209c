using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>A passkey in software (WebAuthn), which says whatever a test wants it to say.</summary>
public sealed class TestPasskey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; init; } = RandomNumberGenerator.GetBytes(32);

    public string Origin { get; set; } = "";

    public string RelyingParty { get; set; } = "localhost";

    public uint Counter { get; set; }

    public bool UserVerified { get; set; } = true;

    /// <summary>Its device copies it to others.</summary>
    public bool Synced { get; set; }

    /// <summary>Null: whose the server said it is.</summary>
    public string? UserHandle { get; set; }

    public void Dispose() => _key.Dispose();

    /// <summary>The answer to creation options.</summary>
    public string Create(string options)
    {
        var asked = JsonElement.Parse(options);
        UserHandle ??= asked.GetProperty("user").GetProperty("id").GetString();
        var client = ClientData("webauthn.create", asked);
        byte[] data = [.. AuthenticatorData(attested: true), .. new byte[16], .. Length16(Id.Length), .. Id, .. PublicKey()];

        // {"fmt": "none", "attStmt": {}, "authData": …} in CBOR.
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x59, .. Length16(data.Length), .. data];
        return Answer(new Dictionary<string, object>
        {
            ["clientDataJSON"] = Text(client),
            ["attestationObject"] = Text(attestation),
            ["transports"] = new[] { "internal" },
        });
    }

    /// <summary>The answer to request options.</summary>
    public string Get(string options)
    {
        var client = ClientData("webauthn.get", JsonElement.Parse(options));
        var data = AuthenticatorData(attested: false);
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new Dictionary<string, object>
        {
            ["clientDataJSON"] = Text(client),
            ["authenticatorData"] = Text(data),
            ["signature"] = Text(signature),
            ["userHandle"] = UserHandle!,
        });
    }

    private string Answer(Dictionary<string, object> response) => JsonSerializer.Serialize(new
    {
        id = Text(Id),
        rawId = Text(Id),
        type = "public-key",
        authenticatorAttachment = "platform",
        clientExtensionResults = new { },
        response,
    });

    private byte[] ClientData(string type, JsonElement asked) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = asked.GetProperty("challenge").GetString(),
        origin = Origin,
        crossOrigin = false,
    });

    private byte[] AuthenticatorData(bool attested)
    {
        var flags = 0x01 | (UserVerified ? 0x04 : 0) | (Synced ? 0x18 : 0) | (attested ? 0x40 : 0);
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(RelyingParty)), (byte)flags, .. counter];
    }

    // COSE: kty EC2, alg ES256, crv P-256, x, y.
    private byte[] PublicKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
    }

    private static byte[] Length16(int length) => [(byte)(length >> 8), (byte)length];

    private static string Text(byte[] octets) => Base64Url.EncodeToString(octets);
}
