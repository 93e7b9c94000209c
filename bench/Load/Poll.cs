using System.Runtime.InteropServices;

namespace AuthServer.Bench.Load;

/// <summary>poll(2): one call tells which of a thread's connections have something to read. Asynchronous sockets would take
/// a thread-pool hop per answer from the cores that the server needs.</summary>
internal static partial class Poll
{
    private const short Readable = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct Entry(int descriptor)
    {
        public readonly int Descriptor = descriptor;
        private readonly short _asked = Readable;
        private readonly short _answered;

        /// <summary>Readable, closed or broken: in each case reading says which.</summary>
        public readonly bool IsReady => _answered != 0;
    }

    /// <summary>How many are ready; 0 when the time is over.</summary>
    public static int Wait(Span<Entry> entries, int milliseconds) => PollNative(entries, (nuint)entries.Length, milliseconds);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollNative(Span<Entry> entries, nuint count, int milliseconds);
}
