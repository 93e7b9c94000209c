using System.Buffers;
using System.Buffers.Text;

namespace AuthServer.Jose;

/// <summary>Base64url with one spelling per value. The framework's decoder also takes padding, white space and loose trailing bits.</summary>
internal static class CanonicalBase64Url
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>Bytes that this many characters decode to.</summary>
    public static int DecodedLength(int characters) => (int)((long)characters * 3 / 4);

    /// <summary>False when the text is not the one canonical encoding; <paramref name="destination"/> must hold <see cref="DecodedLength"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        written = 0;
        // RFC 7515 §2: no padding, no line breaks, no white space, no other characters.
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet))
            return false;
        // RFC 4648 §3.5: the unused bits of the last character are zero, else two texts would mean one value.
        if (text.Length % 4 != 0 && (Value(text[^1]) & (text.Length % 4 == 2 ? 0b1111 : 0b11)) != 0)
            return false;
        return Base64Url.DecodeFromUtf8(text, destination, out _, out written) == OperationStatus.Done;
    }

    public static byte[]? Decode(string text)
    {
        Span<byte> ascii = text.Length <= 1024 ? stackalloc byte[text.Length] : new byte[text.Length];
        if (System.Text.Ascii.FromUtf16(text, ascii, out _) != OperationStatus.Done)
            return null;
        var decoded = new byte[DecodedLength(text.Length)];
        return TryDecode(ascii, decoded, out _) ? decoded : null;
    }

    private static int Value(byte character) => character switch
    {
        >= (byte)'a' => character - 'a' + 26,
        (byte)'_' => 63,
        >= (byte)'A' => character - 'A',
        >= (byte)'0' => character - '0' + 52,
        _ => 62,
    };
}
