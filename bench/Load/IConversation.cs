using AuthServer.Bench.Http;

namespace AuthServer.Bench.Load;

/// <summary>What one connection says and expects, request after request.</summary>
public interface IConversation
{
    /// <summary>Writes the next request and returns its length.</summary>
    int Write(Span<byte> destination);

    Progress Read(in HttpAnswer answer);
}

/// <summary>What an answer was to a conversation.</summary>
public enum Progress
{
    /// <summary>Not what should have come; the conversation starts over.</summary>
    Wrong,

    /// <summary>Right, and further requests belong to the same operation.</summary>
    More,

    /// <summary>Right, and the operation is complete.</summary>
    Done,
}
