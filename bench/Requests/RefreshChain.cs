using System.Text;
using AuthServer.Bench.Http;
using AuthServer.Bench.Load;

namespace AuthServer.Bench.Requests;

/// <summary>RFC 6749 §6 with rotation: each answer's refresh token is the next request's, so a connection holds one chain.</summary>
public sealed class RefreshChain : IConversation
{
    private const int MaxToken = 1024;

    private readonly RequestTemplate _request;
    private readonly IssuedTokens _issued;
    private readonly byte[] _token = new byte[MaxToken];
    private int _length;

    /// <param name="request">A form that ends where the refresh token belongs.</param>
    public RefreshChain(RequestTemplate request, IssuedTokens issued, string firstToken)
    {
        _request = request;
        _issued = issued;
        _length = Encoding.ASCII.GetBytes(firstToken, _token);
    }

    public int Write(Span<byte> destination) => _request.Write(destination, _token.AsSpan(0, _length));

    public Progress Read(in HttpAnswer answer)
    {
        if (answer.Status != 200 || !_issued.TryAdd(answer.Body)
            || !JsonText.TryFind(answer.Body, "\"refresh_token\":"u8, out var next)
            || next.SequenceEqual(_token.AsSpan(0, _length)))
        {
            return Progress.Wrong;
        }

        next.CopyTo(_token);
        _length = next.Length;
        return Progress.Done;
    }
}
