namespace AuthServer.Data;

/// <summary>A handle that may be seen once: the id of a client assertion, a DPoP proof.</summary>
public sealed class UsedHandleRow
{
    public string Handle { get; set; } = "";

    public DateTimeOffset ExpiresAt { get; set; }
}
