using AuthServer.Audit.Chain;

namespace AuthServer.Data;

/// <summary>One chain of this process. At most one transaction at a time appends to it.</summary>
internal sealed class AuditLane(string writer)
{
    private volatile ChainHead _committed = ChainHead.Before(writer);

    public string Writer { get; } = writer;

    /// <summary>The last event that is on disk. Anybody may ask.</summary>
    public ChainHead Committed => _committed;

    /// <summary>The last event of the transaction that has taken it.</summary>
    public ChainHead Head { get; set; } = ChainHead.Before(writer);

    public void Commit() => _committed = Head;

    public void Undo() => Head = _committed;

    /// <summary>It takes no more, and ends here.</summary>
    public void End(ChainHead end) => _committed = end;
}
