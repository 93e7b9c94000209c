namespace AuthServer.Data;

/// <summary>Work in the background that is done again and again, by the injected clock.</summary>
internal static class Rounds
{
    /// <param name="round">What it leaves the next round takes.</param>
    /// <param name="failed">Told what a round threw; the rounds go on.</param>
    public static async Task RunAsync(TimeSpan interval, TimeProvider clock, Func<CancellationToken, Task> round, Action<Exception> failed, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(interval, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            await TryAsync(round, failed, ct);
        }
    }

    /// <summary>One round.</summary>
    public static async Task TryAsync(Func<CancellationToken, Task> round, Action<Exception> failed, CancellationToken ct)
    {
        try
        {
            await round(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            failed(e);
        }
    }
}
