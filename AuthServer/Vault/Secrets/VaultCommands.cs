using System.CommandLine;
using AuthServer.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Secrets;

/// <summary><c>vault rotate-keys</c>. Servers that run follow within seconds.</summary>
public static class VaultCommands
{
    /// <param name="services">The server's services with the database ready; the host need not run and the keys need not be open.</param>
    public static Command Create(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var reencrypt = new Option<bool>("--reencrypt") { Description = "Encrypts each value anew with a key of its own, too; else only those keys are wrapped anew." };
        var rotate = new Command("rotate-keys", "Makes a new key for the vault and brings everything it keeps under that.") { reencrypt };
        rotate.SetAction(async (parsed, ct) =>
        {
            var streams = parsed.InvocationConfiguration;
            string? fault;
            try
            {
                fault = await RotateAsync(await services(ct), parsed.GetValue(reencrypt), streams.Output, ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                fault = error.Message; // an operator at a terminal needs the sentence, not the stack
            }

            if (fault is null)
            {
                return 0;
            }

            await streams.Error.WriteLineAsync(fault);
            return 1;
        });
        return new Command("vault", "What this server keeps for others.") { rotate };
    }

    private static async Task<string?> RotateAsync(IServiceProvider services, bool reencrypt, TextWriter output, CancellationToken ct)
    {
        if (await services.GetRequiredService<MasterKeySource>().OpenAsync(mayCreate: false, ct) is { } fault)
        {
            return fault;
        }

        return await services.GetRequiredService<VaultKeys>().OpenAsync(ct) is { Count: > 0 } faults
            ? string.Join(Environment.NewLine, faults)
            : await services.GetRequiredService<VaultRotation>().RunAsync(reencrypt, output, ct);
    }
}
