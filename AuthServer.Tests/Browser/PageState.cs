namespace AuthServer.Tests.Browser;

/// <summary>A page in one of its states, and how a person gets there.</summary>
/// <param name="Name">Of its screenshots.</param>
/// <param name="Route">The page's own address, as it is mapped.</param>
public sealed record PageState(string Name, string Route, Func<Visit, Task> ReachAsync, bool Strict = false)
{
    /// <summary>On a server of its own, where nobody is yet.</summary>
    public bool Empty { get; init; }

    public override string ToString() => Name;
}
