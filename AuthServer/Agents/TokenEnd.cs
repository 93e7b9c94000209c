namespace AuthServer.Agents;

/// <summary>Which tokens are to end.</summary>
public sealed class TokenEnd
{
    /// <summary>Only what was issued at or before this moment; left out: everything until now.</summary>
    public DateTimeOffset? Before { get; set; }
}
