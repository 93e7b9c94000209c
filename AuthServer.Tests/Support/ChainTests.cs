namespace AuthServer.Tests.Support;

/// <summary>Tests of agents that delegate to each other, on a database of its own for each.</summary>
/// <param name="database">Settings of another database than the default.</param>
public abstract class ChainTests(Func<Task<(string Key, string Value)[]>>? database = null) : IAsyncLifetime
{
    protected ChainSide Side { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Side = new ChainSide { More = database is null ? [] : await database() };
        await Side.InitializeAsync();
    }

    public Task DisposeAsync() => Side.DisposeAsync();
}
