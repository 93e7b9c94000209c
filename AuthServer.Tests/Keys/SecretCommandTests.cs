using System.Text;
using AuthServer.Keys;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Keys;

public sealed class SecretCommandTests : IDisposable
{
    private readonly TempFolder _home = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_secret_is_what_the_command_writes()
    {
        File.WriteAllText(_home["secret"], "s3cret");

        var (secret, fault) = await Run("echo noise >&2; cat secret | tr -d x");

        Assert.Null(fault);
        Assert.Equal("s3cret", Encoding.UTF8.GetString(secret!));
    }

    [Fact]
    public async Task A_command_that_fails_is_reported_by_its_exit_code_and_never_by_its_output()
    {
        var (secret, fault) = await Run("echo s3cret; echo s3cret >&2; exit 7");

        Assert.Null(secret);
        Assert.Contains("exit code 7", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_does_not_end_is_ended_after_ten_seconds()
    {
        var run = Run("echo s3cret; echo $$ > pid; exec sleep 600");
        var process = await ProcessAsync();
        _clock.Advance(SecretCommand.Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(run.IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var (secret, fault) = await run;

        Assert.Null(secret);
        Assert.Contains("within 10 seconds", fault, StringComparison.Ordinal);
        await Eventually(() => !IsRunning(process));
    }

    [Fact]
    public async Task A_child_that_keeps_the_output_open_does_not_hold_the_start_up_for_ever()
    {
        var run = Run("sleep 600 & echo $! > pid; exit 0");
        var process = await ProcessAsync();
        _clock.Advance(SecretCommand.Timeout);

        Assert.NotNull((await run).Fault);
        System.Diagnostics.Process.GetProcessById(process).Kill();
    }

    [Fact]
    public async Task A_command_that_asks_gets_no_answer_and_one_without_end_is_cut_off()
    {
        Assert.Contains("exit code", (await Run("read answer")).Fault, StringComparison.Ordinal);
        Assert.Contains("too much", (await Run("yes")).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_given_up_gives_up_the_command()
    {
        using var cancelled = new CancellationTokenSource();
        var run = SecretCommand.RunAsync("sleep 600", _home.Path, _clock, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private Task<(byte[]? Secret, string? Fault)> Run(string commandLine) =>
        SecretCommand.RunAsync(commandLine, _home.Path, _clock, CancellationToken.None);

    private async Task<int> ProcessAsync()
    {
        await Eventually(() => File.Exists(_home["pid"]) && File.ReadAllText(_home["pid"]).EndsWith('\n'));
        return int.Parse(File.ReadAllText(_home["pid"]), System.Globalization.CultureInfo.InvariantCulture);
    }

    // A killed child stays in the table until its parent has asked for it: the state after the name's bracket says so.
    private static bool IsRunning(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Other processes keep no test clock.
    private static async Task Eventually(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(5);
    }
}
