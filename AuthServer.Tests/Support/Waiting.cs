namespace AuthServer.Tests.Support;

/// <summary>For what another thread or process does in its own time: looks until it is done, and asserts nothing about how long that took.</summary>
public static class Waiting
{
    // Longer than any lease or pause of the server that may be in the way.
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(2);

    /// <param name="nudge">What may be needed before each look.</param>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Predicate<T> done, Action? nudge = null)
    {
        using var end = new CancellationTokenSource(AtMost);
        while (true)
        {
            nudge?.Invoke();
            if (await look() is var seen && done(seen))
            {
                return seen;
            }

            Assert.False(end.IsCancellationRequested, $"Still {seen} after {AtMost}.");
            await Task.Yield();
        }
    }

    /// <inheritdoc cref="UntilAsync{T}(Func{Task{T}}, Predicate{T}, Action?)"/>
    public static Task<T> UntilAsync<T>(Func<T> look, Predicate<T> done, Action? nudge = null) => UntilAsync(() => Task.FromResult(look()), done, nudge);
}
