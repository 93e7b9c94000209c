using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AuthServer.Keys;

/// <summary>A key file that root makes belongs to the owner of its folder, so that a command run as root leaves no key that the server cannot read.</summary>
internal static class FileOwner
{
    private const int CurrentDirectory = -100;
    private const uint AskUserAndGroup = 0x18;
    private const int UserOffset = 20;
    private const int GroupOffset = 24;

    public static void Inherit(SafeFileHandle file, string directory)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return;
        var answer = new byte[256]; // struct statx: the same on every architecture
        if (Statx(CurrentDirectory, OwnerOnlyFiles.NativePath(directory), 0, AskUserAndGroup, answer) != 0)
            return;
        var (user, group) = (BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(UserOffset)), BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(GroupOffset)));
        if (user != 0)
            _ = Fchown(file, user, group); // a root without that right keeps the file
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, byte[] path, int flags, uint mask, byte[] answer);

    [DllImport("libc", EntryPoint = "fchown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fchown(SafeFileHandle file, uint user, uint group);
}
