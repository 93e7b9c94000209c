using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AuthServer.Keys;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class OwnerOnlyFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0x12)] // 022
    [InlineData(0x3F)] // 077
    public void Files_and_folders_are_the_owners_alone_whatever_the_umask(int mask)
    {
        var before = Umask(mask);
        try
        {
            OwnerOnlyFiles.CreateDirectory(_folder["a/b"]);
            OwnerOnlyFiles.Write(_folder["a/b/key"], "secret"u8);
        }
        finally
        {
            _ = Umask(before);
        }

        Assert.Equal("secret", File.ReadAllText(_folder["a/b/key"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["a/b/key"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["a/b"]));
        Assert.Null(OwnerOnlyFiles.FaultOf(_folder["a/b/key"]));
        Assert.Null(OwnerOnlyFiles.FaultOf(_folder["a/b"]));
    }

    [Fact]
    public void What_others_can_read_is_named_with_the_command_that_mends_it()
    {
        File.WriteAllText(_folder["key"], "secret");
        File.SetUnixFileMode(_folder["key"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);

        Assert.Contains($"chmod 600 '{_folder["key"]}'", OwnerOnlyFiles.FaultOf(_folder["key"]), StringComparison.Ordinal);
        Assert.Contains($"chmod 700 '{_folder.Path}'", OwnerOnlyFiles.FaultOf(_folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_is_never_overwritten_and_nothing_is_left_behind()
    {
        OwnerOnlyFiles.Write(_folder["key"], "one"u8);

        Assert.Throws<IOException>(() => OwnerOnlyFiles.Write(_folder["key"], "two"u8));
        Assert.Equal("one", File.ReadAllText(_folder["key"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Of_writers_of_one_file_at_the_same_moment_one_wins_and_its_content_is_whole_and_stays()
    {
        using var start = new Barrier(4);
        for (var round = 0; round < 300; round++)
        {
            var path = _folder[$"key-{round}"];

            var won = await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Factory.StartNew(
                () => Wins(path, (byte)writer, start), TaskCreationOptions.LongRunning)));

            Assert.Single(won, true);
            Assert.Equal(Enumerable.Repeat((byte)Array.IndexOf(won, true), 4096), await File.ReadAllBytesAsync(path));
        }
        Assert.Empty(Directory.GetFiles(_folder.Path, ".*"));
    }

    [Fact]
    public void What_root_makes_in_another_users_folder_belongs_to_that_user()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // nobody else can give files away
        Run("chown", "65534:65534", _folder.Path);
        OwnerOnlyFiles.Write(_folder["key"], "secret"u8);

        Assert.Equal("65534:65534", Run("stat", "-c", "%u:%g", _folder["key"]));
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Umask(int mask);

    private static bool Wins(string path, byte content, Barrier start)
    {
        start.SignalAndWait();
        try
        {
            OwnerOnlyFiles.Write(path, Enumerable.Repeat(content, 4096).ToArray());
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
