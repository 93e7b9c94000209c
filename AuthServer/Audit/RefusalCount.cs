namespace AuthServer.Audit;

/// <summary>Refusals before anybody was authenticated: counted per kind, address and minute, since storing each would let a flood fill the disk.</summary>
public sealed class RefusalCount
{
    public string Kind { get; set; } = "";

    public string Address { get; set; } = "";

    /// <summary>The beginning of the minute.</summary>
    public DateTimeOffset Minute { get; set; }

    public int Count { get; set; }
}
