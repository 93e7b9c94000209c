using System.ComponentModel;
using System.Diagnostics;

namespace AuthServer.Keys;

/// <summary>Gets a secret from the output of a command line, such as a key store's client. No message repeats what the command wrote.</summary>
internal static class SecretCommand
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int MaxBytes = 64 * 1024;

    /// <param name="home">The command's working directory.</param>
    public static async Task<(byte[]? Secret, string? Fault)> RunAsync(string commandLine, string home, TimeProvider time, CancellationToken ct)
    {
        using var process = new Process { StartInfo = StartInfo(commandLine, home) };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            return (null, "The command for the master key cannot be started.");
        }
        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await ReadAsync(process, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, $"The command for the master key did not end within {Timeout.TotalSeconds:0} seconds.");
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

    private static async Task<(byte[]? Secret, string? Fault)> ReadAsync(Process process, CancellationToken ct)
    {
        process.StandardInput.Close(); // a command that asks for something ends instead of waiting
        // Error output is read, so that a talkative command does not block, and dropped: it may repeat the secret.
        var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, ct);
        var buffer = new byte[MaxBytes];
        // Waiting apart from reading: a pipe that a grandchild keeps open may not notice the cancellation.
        var length = await process.StandardOutput.BaseStream.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, ct).AsTask().WaitAsync(ct);
        if (length == MaxBytes)
            return (null, "The command for the master key writes too much.");
        await errors.WaitAsync(ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0)
            return (null, $"The command for the master key failed with exit code {process.ExitCode}.");
        return (buffer[..length], null);
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
