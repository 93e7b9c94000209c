namespace AuthServer.Data;

/// <summary>SQLite takes one writer at a time, and those who wait inside it wait long. So they wait here, first come, first served.</summary>
internal sealed class WriteGate : IDisposable
{
    private readonly SemaphoreSlim _free = new(1, 1);

    public Task EnterAsync(CancellationToken ct) => _free.WaitAsync(ct);

    public void Enter() => _free.Wait();

    public void Leave() => _free.Release();

    public void Dispose() => _free.Dispose();
}
