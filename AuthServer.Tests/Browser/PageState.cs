namespace AuthServer.Tests.Browser;

/// <summary>A page in one of its states, and how a person gets there.</summary>
/// <param name="Name">Of its screenshots.</param>
/// <param name="Route">The page's own address, as it is mapped.</param>
public sealed record PageState(string Name, string Route, Func<Visit, Task> ReachAsync, bool Strict = false)
{
    public override string ToString() => Name;
}
