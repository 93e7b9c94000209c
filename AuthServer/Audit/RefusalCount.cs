namespace AuthServer.Audit;

/// <summary>Refusals before anybody was authenticated: counted per kind, network and minute, since storing each would let a flood fill the disk.</summary>
public sealed class RefusalCount
{
    public string Kind { get; set; } = "";

    /// <summary>An IPv4 address, or the /64 of an IPv6 address.</summary>
    public string Address { get; set; } = "";

    /// <summary>The beginning of the minute.</summary>
    public DateTimeOffset Minute { get; set; }

    public int Count { get; set; }
}
