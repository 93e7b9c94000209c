using System.Text;
using AuthServer.Bench.Http;
using AuthServer.Bench.Load;

namespace AuthServer.Bench.Requests;

/// <summary>RFC 6749 §4.1 for a person with session and consent: authorize, read the code from the redirect, redeem it.</summary>
/// <param name="authorize">The GET with the session's cookies.</param>
/// <param name="redeem">A form into which the code belongs.</param>
/// <param name="callback">Where the redirect must go, with the start of its query: <c>http://…/callback?</c>.</param>
/// <param name="expected">What the token answer contains besides the access token.</param>
public sealed class CodeFlow(RequestTemplate authorize, RequestTemplate redeem, IssuedTokens issued, string callback, string state, string expected)
    : IConversation
{
    private const int MaxCode = 512;

    private readonly byte[] _callback = Encoding.ASCII.GetBytes(callback);
    private readonly byte[] _state = Encoding.ASCII.GetBytes($"state={state}");
    private readonly byte[] _expected = Encoding.ASCII.GetBytes(expected);
    private readonly byte[] _code = new byte[MaxCode];
    private int _codeLength;

    public int Write(Span<byte> destination) =>
        _codeLength == 0 ? authorize.Write(destination) : redeem.Write(destination, _code.AsSpan(0, _codeLength));

    public Progress Read(in HttpAnswer answer)
    {
        if (_codeLength == 0)
        {
            return answer.Status is 302 or 303 && TryReadCode(answer.Location) ? Progress.More : Progress.Wrong;
        }

        _codeLength = 0;
        return answer.Status == 200 && answer.Body.IndexOf(_expected) >= 0 && issued.TryAdd(answer.Body) ? Progress.Done : Progress.Wrong;
    }

    private bool TryReadCode(ReadOnlySpan<byte> location)
    {
        if (!location.StartsWith(_callback) || location.IndexOf(_state) < 0)
        {
            return false;
        }

        var at = location.IndexOf("code="u8);
        if (at < 0)
        {
            return false;
        }

        // As the URL encodes it, so may the form.
        var code = location[(at + "code="u8.Length)..];
        var end = code.IndexOf((byte)'&');
        code = end < 0 ? code : code[..end];
        code.CopyTo(_code);
        _codeLength = code.Length;
        return _codeLength > 0;
    }
}
