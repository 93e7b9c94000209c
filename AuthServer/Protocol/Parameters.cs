using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace AuthServer.Protocol;

/// <summary>The parameters of one request, decoded strictly from <c>application/x-www-form-urlencoded</c> (a body or a query).
/// RFC 6749 §3.1: an empty parameter counts as absent, and none may stand twice; one that does is dropped and named.</summary>
public sealed class Parameters
{
    private const int MaximumCount = 100;

    // RFC 8707 §2 is the one rule that lets a parameter repeat.
    public const string Repeatable = "resource";

    private readonly Dictionary<string, string> _single = new(StringComparer.Ordinal);
    private List<string>? _resources;
    private HashSet<string>? _duplicates;

    private Parameters()
    {
    }

    /// <summary>The first name that stood more than once; its values were dropped.</summary>
    public string? Duplicate { get; private set; }

    /// <summary>Every <c>resource</c>, in order.</summary>
    public IReadOnlyList<string> Resources => _resources ?? (IReadOnlyList<string>)[];

    public string? this[string name] => _single.GetValueOrDefault(name);

    public bool Has(string name) => _single.ContainsKey(name) || _duplicates?.Contains(name) == true;

    /// <summary>The parameters in form encoding again: what was read, without what was dropped.</summary>
    public string Encode() => string.Join('&', _single
        .Concat(Resources.Select(resource => KeyValuePair.Create(Repeatable, resource)))
        .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    /// <summary>Parameters that did not come in form encoding; those without a value are left out.</summary>
    public static Parameters Of(params ReadOnlySpan<(string Name, string? Value)> pairs)
    {
        var parameters = new Parameters();
        foreach (var (name, value) in pairs)
        {
            parameters.Add(name, value ?? "");
        }

        return parameters;
    }

    public static Result<Parameters> Parse(ReadOnlySpan<byte> encoded)
    {
        var parameters = new Parameters();
        var count = 0;
        foreach (var range in encoded.Split((byte)'&'))
        {
            var pair = encoded[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (++count > MaximumCount)
            {
                return OAuthError.InvalidRequest("The request has too many parameters.");
            }

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            if (name is null || value is null)
            {
                return OAuthError.InvalidRequest("The request's parameters are not valid UTF-8 in form encoding.");
            }

            parameters.Add(name, value);
        }

        return parameters;
    }

    private void Add(string name, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        if (name == Repeatable)
        {
            (_resources ??= []).Add(value);
        }
        else if (_duplicates?.Contains(name) == true || !_single.TryAdd(name, value))
        {
            _single.Remove(name);
            (_duplicates ??= new(StringComparer.Ordinal)).Add(name);
            Duplicate ??= name;
        }
    }

    /// <summary>Null for a broken percent escape, for bytes that are not UTF-8, and for NUL, which no parameter may carry.</summary>
    internal static string? Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IndexOfAny((byte)'%', (byte)'+', (byte)0) < 0)
        {
            return Utf8.IsValid(encoded) ? Encoding.UTF8.GetString(encoded) : null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(encoded.Length);
        try
        {
            var length = Unescape(encoded, buffer);
            return length >= 0 && Utf8.IsValid(buffer.AsSpan(0, length)) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static int Unescape(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var b = encoded[i];
            if (b == '+')
            {
                b = (byte)' ';
            }
            else if (b == '%')
            {
                if (i + 2 >= encoded.Length || !TryHex(encoded[i + 1], out var high) || !TryHex(encoded[i + 2], out var low))
                {
                    return -1;
                }

                b = (byte)((high << 4) | low);
                i += 2;
            }

            if (b == 0)
            {
                return -1;
            }

            decoded[length++] = b;
        }

        return length;
    }

    private static bool TryHex(byte digit, out int value)
    {
        value = digit switch
        {
            >= (byte)'0' and <= (byte)'9' => digit - '0',
            >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
            >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
            _ => -1,
        };
        return value >= 0;
    }
}
