using System.CommandLine;
using AuthServer.Jose;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Keys;

/// <summary><c>keys list</c>, <c>keys rotate</c> and <c>keys revoke KID</c>. A running server follows within seconds.</summary>
public static class KeyCommands
{
    /// <param name="services">The server's services with the database ready; the host need not run and the keys need not be open.</param>
    public static Command Create(Func<CancellationToken, Task<IServiceProvider>> services) =>
        new("keys", "Shows and changes the keys that sign tokens.") { List(services), Rotate(services), Revoke(services) };

    private static Command List(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var command = new Command("list", "Shows the signing keys and their times.");
        command.SetAction((parsed, ct) => RunAsync(parsed, services, (work, output) => work.ListAsync(output, ct), ct));
        return command;
    }

    private static Command Rotate(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var algorithm = new Option<string?>("--algorithm") { Description = "Only this one, such as ES256; one without keys gets its first. Default: every algorithm with keys." };
        algorithm.AcceptOnlyFromAmong([.. JwsAlgorithms.Names]);
        var command = new Command("rotate", "Lets the next key sign, as soon as it has been published for long enough.") { algorithm };
        command.SetAction((parsed, ct) => RunAsync(parsed, services, (work, output) => work.RotateAsync(parsed.GetValue(algorithm), output, ct), ct));
        return command;
    }

    private static Command Revoke(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var keyId = new Argument<string>("KID") { Description = "The key's id, as `keys list` shows it." };
        var command = new Command("revoke", "Ends a key at once: all tokens it signed are refused.") { keyId };
        command.SetAction((parsed, ct) => RunAsync(parsed, services, (work, output) => work.RevokeAsync(parsed.GetRequiredValue(keyId), output, ct), ct));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, Func<CancellationToken, Task<IServiceProvider>> services, Func<KeyCommandWork, TextWriter, Task<string?>> run, CancellationToken ct)
    {
        var streams = parsed.InvocationConfiguration;
        string? fault;
        try
        {
            var work = ActivatorUtilities.CreateInstance<KeyCommandWork>(await services(ct));
            fault = await run(work, streams.Output);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            fault = error.Message; // an operator at a terminal needs the sentence, not the stack
        }
        if (fault is null)
            return 0;
        await streams.Error.WriteLineAsync(fault);
        return 1;
    }
}
