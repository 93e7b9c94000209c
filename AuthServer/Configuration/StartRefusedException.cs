namespace AuthServer.Configuration;

/// <summary>The server cannot start as it is configured. Every fault is listed, in sentences for the operator; none holds a secret.</summary>
public sealed class StartRefusedException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
