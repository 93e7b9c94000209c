using System.ComponentModel;
using System.Diagnostics;

namespace AuthServer.Keys;

/// <summary>Gets a secret from the output of a command line, such as a key store's client. No message repeats what the command wrote.</summary>
internal static class SecretCommand
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int MaxBytes = 64 * 1024;

    /// <param name="home">The command's working directory.</param>
    public static Task<(byte[]? Secret, string? Fault)> RunAsync(string commandLine, string home, TimeProvider time, CancellationToken ct) =>
        RunAsync(commandLine, default, "the master key", home, time, ct);

    /// <param name="input">What it is given to read.</param>
    /// <param name="what">What it is for, in messages.</param>
    public static async Task<(byte[]? Secret, string? Fault)> RunAsync(
        string commandLine, ReadOnlyMemory<byte> input, string what, string home, TimeProvider time, CancellationToken ct)
    {
        using var process = new Process { StartInfo = StartInfo(commandLine, home) };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            return (null, $"The command for {what} cannot be started.");
        }
        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await ReadAsync(process, input, what, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, $"The command for {what} did not end within {Timeout.TotalSeconds:0} seconds.");
        }
        finally
        {
            Stop(process);
        }
    }

    private static ProcessStartInfo StartInfo(string commandLine, string home)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = "cmd.exe";
            start.Arguments = $"/d /s /c \"{commandLine}\""; // cmd has quoting rules of its own, which ArgumentList does not follow
            return start;
        }
        start.FileName = "/bin/sh";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(commandLine);
        return start;
    }

    private static async Task<(byte[]? Secret, string? Fault)> ReadAsync(Process process, ReadOnlyMemory<byte> input, string what, CancellationToken ct)
    {
        await WriteAsync(process, input, ct);
        // Error output is read, so that a talkative command does not block, and dropped: it may repeat the secret.
        var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, ct);
        var buffer = new byte[MaxBytes];
        // Waiting apart from reading: a pipe that a grandchild keeps open may not notice the cancellation.
        var length = await process.StandardOutput.BaseStream.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, ct).AsTask().WaitAsync(ct);
        if (length == MaxBytes)
            return (null, $"The command for {what} writes too much.");
        await errors.WaitAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
            return (null, $"The command for {what} failed with exit code {process.ExitCode}.");
        return (buffer[..length], null);
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close(); // a command that asks for more ends instead of waiting
        }
        catch (IOException)
        {
            // It ended without reading: its exit code says the rest.
        }
    }

    private static void Stop(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended meanwhile.
        }
    }
}
