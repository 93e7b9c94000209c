using AuthServer.Bench.Http;
using AuthServer.Bench.Load;

namespace AuthServer.Bench.Requests;

/// <summary>RFC 6749 §4.4: each answer is a token with its own id.</summary>
public sealed class ClientCredentials(RequestTemplate request, IssuedTokens issued) : IConversation
{
    public int Write(Span<byte> destination) => request.Write(destination);

    public Progress Read(in HttpAnswer answer) =>
        answer.Status == 200 && issued.TryAdd(answer.Body) ? Progress.Done : Progress.Wrong;
}
