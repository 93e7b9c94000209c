using System.Text;

namespace AuthServer.Audit.Chain;

/// <summary>The value of one column, or null; filled again for each row without a new array.</summary>
public sealed class Octets
{
    private byte[] _buffer = new byte[64];
    private int _length = -1;

    public bool IsNull => _length < 0;

    /// <summary>Empty for null.</summary>
    public ReadOnlySpan<byte> Value => _buffer.AsSpan(0, Math.Max(_length, 0));

    public void SetNull() => _length = -1;

    public void SetText(string text) => Set(Encoding.UTF8.GetBytes(text));

    public void Set(ReadOnlySpan<byte> value)
    {
        if (_buffer.Length < value.Length)
        {
            _buffer = new byte[value.Length];
        }

        value.CopyTo(_buffer);
        _length = value.Length;
    }
}
