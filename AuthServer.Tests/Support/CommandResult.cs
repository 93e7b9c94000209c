using System.Diagnostics;

namespace AuthServer.Tests.Support;

/// <summary>What a command wrote, and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <param name="input">What it reads, to the end.</param>
    public static async Task<CommandResult> OfAsync(ProcessStartInfo start, string? input = null)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        await using var _ = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        if (input is not null)
        {
            try
            {
                await using (process.StandardInput)
                {
                    await process.StandardInput.WriteAsync(input);
                }
            }
            catch (IOException)
            {
                // It ended before it read: what it wrote tells why.
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>The command's output; fails with all it wrote when it did not succeed.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"It ended with {ExitCode}:\n{Output}\n{Errors}");
        return Output;
    }
}
