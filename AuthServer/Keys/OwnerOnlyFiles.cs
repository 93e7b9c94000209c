using System.Runtime.InteropServices;
using System.Text;

namespace AuthServer.Keys;

/// <summary>Files that only the server's own user can read, from their first byte on, and that are either whole or absent.</summary>
internal static class OwnerOnlyFiles
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode700 = FileMode600 | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, DirectoryMode700);
    }

    /// <summary>For a directory that holds no secret yet, such as one that came with the source.</summary>
    public static void Close(string directory)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, DirectoryMode700);
    }

    /// <summary>Null, or a sentence that names the file or directory which others may read and the command that mends it.</summary>
    public static string? FaultOf(string path)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Others) == 0)
            return null;
        var (kind, mode) = Directory.Exists(path) ? ("directory", "700") : ("file", "600");
        return $"The {kind} {path} is open to other users of this machine. Run: chmod {mode} '{path}'";
    }

    /// <summary>Writes a file that is on disk when this returns.</summary>
    /// <exception cref="IOException">There is such a file already; it stays as it is.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(directory, $".{Path.GetRandomFileName()}.tmp");
        try
        {
            WriteThrough(temporary, content);
            Publish(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
        FlushDirectory(directory);
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    internal static byte[] NativePath(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static void WriteThrough(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        using var file = new FileStream(path, options);
        FileOwner.Inherit(file.SafeFileHandle, Path.GetDirectoryName(path)!);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    // Of two writers one wins. File.Move looks first and renames then: between the two, another's file would be replaced.
    private static void Publish(string temporary, string path)
    {
        if (!OperatingSystem.IsWindows() && Link(NativePath(temporary), NativePath(path)) == 0)
            return;
        File.Move(temporary, path, overwrite: false); // there is such a file, or its file system knows no hard links
    }

    // A rename is durable only once its directory is; .NET opens no directories.
    private static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(NativePath(path), 0);
        if (descriptor < 0)
            return;
        _ = Fsync(descriptor); // some network file systems refuse it: nothing better can be done there
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] existing, byte[] path);

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
