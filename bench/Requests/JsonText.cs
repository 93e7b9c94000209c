namespace AuthServer.Bench.Requests;

/// <summary>Reads one string member of a JSON object without parsing the rest; for values that need no unescaping.</summary>
internal static class JsonText
{
    /// <param name="quotedName">With its quotes and colon: <c>"jti":</c>.</param>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName, out ReadOnlySpan<byte> value)
    {
        value = default;
        var at = json.IndexOf(quotedName);
        if (at < 0)
        {
            return false;
        }

        var rest = json[(at + quotedName.Length)..].TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != (byte)'"')
        {
            return false;
        }

        rest = rest[1..];
        var end = rest.IndexOf((byte)'"');
        value = end > 0 ? rest[..end] : default;
        return end > 0;
    }
}
