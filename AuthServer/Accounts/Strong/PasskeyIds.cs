using System.Buffers.Text;

namespace AuthServer.Accounts.Strong;

/// <summary>A passkey's credential id as text: base64url, as WebAuthn writes it.</summary>
public static class PasskeyIds
{
    private const int Longest = 1400;

    public static string Write(byte[] credentialId) => Base64Url.EncodeToString(credentialId);

    /// <summary>Null: it is none.</summary>
    public static byte[]? Read(string? text) => text is { Length: > 0 and <= Longest } && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}
