using AuthServer.Bench.Http;
using AuthServer.Bench.Load;

namespace AuthServer.Bench.Requests;

/// <summary>Several conversations by one connection, one request of each after the other.</summary>
public sealed class InTurn(IReadOnlyList<IConversation> all) : IConversation
{
    private int _next;

    public int Write(Span<byte> destination) => all[_next].Write(destination);

    public Progress Read(in HttpAnswer answer)
    {
        var progress = all[_next].Read(answer);
        _next = (_next + 1) % all.Count;
        return progress;
    }
}
