using System.Collections.Concurrent;

namespace AuthServer.Tests.Durability;

/// <summary>What the clients of one round know: what they were answered, and what they sent without getting an answer.</summary>
internal sealed class Ledger
{
    /// <summary>The ids of all answered access tokens.</summary>
    public ConcurrentQueue<string> AccessTokens { get; } = new();

    public ConcurrentQueue<Handed> Codes { get; } = new();

    public ConcurrentQueue<Handed> RefreshTokens { get; } = new();

    public IEnumerable<string> CodesThat(Fate fate) => Codes.Where(code => code.Fate == fate).Select(code => code.Value);

    /// <summary>A code or refresh token that the server handed out, and what became of it. Written by one worker, read after all have ended.</summary>
    internal sealed class Handed(string value)
    {
        public string Value => value;

        public Fate Fate { get; set; }
    }
}

internal enum Fate
{
    /// <summary>The client has it and has not used it.</summary>
    Unsent,

    /// <summary>It was sent, and no answer came: it may be used up or not.</summary>
    Unanswered,

    /// <summary>It was sent, and tokens came back for it.</summary>
    Answered,
}
