namespace AuthServer.Tests.Support;

/// <summary>A folder of the test's own, gone afterwards.</summary>
public sealed class TempFolder : IDisposable
{
    private const string InMemory = "/dev/shm";
    private const long Enough = 2L << 30;

    // Thousands of databases that wait for a disk at each commit cost the run minutes. Whoever kills a process finds in memory what it has written, as on a disk.
    private static readonly string Parent =
        Directory.Exists(InMemory) && new DriveInfo(InMemory).AvailableFreeSpace > Enough ? InMemory : System.IO.Path.GetTempPath();

    public string Path { get; } = New();

    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>One that its maker deletes.</summary>
    public static string New() => Directory.CreateDirectory(
        System.IO.Path.Combine(Parent, "authserver-test-" + Guid.NewGuid().ToString("N")), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
