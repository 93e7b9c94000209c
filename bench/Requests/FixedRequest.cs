using System.Text;
using AuthServer.Bench.Http;
using AuthServer.Bench.Load;

namespace AuthServer.Bench.Requests;

/// <summary>The same request again and again, whose answer is 200 and contains a certain text.</summary>
public sealed class FixedRequest(RequestTemplate request, string expected) : IConversation
{
    private readonly byte[] _expected = Encoding.UTF8.GetBytes(expected);

    public int Write(Span<byte> destination) => request.Write(destination);

    public Progress Read(in HttpAnswer answer) =>
        answer.Status == 200 && answer.Body.IndexOf(_expected) >= 0 ? Progress.Done : Progress.Wrong;
}
