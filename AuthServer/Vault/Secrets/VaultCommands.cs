using System.CommandLine;
using AuthServer.Data;
using AuthServer.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Secrets;

/// <summary><c>vault rotate-keys</c> and <c>vault drop-key KEY</c>. Servers that run follow within seconds.</summary>
public static class VaultCommands
{
    /// <param name="services">The server's services with the database ready; the host need not run and the keys need not be open.</param>
    public static Command Create(Func<CancellationToken, Task<IServiceProvider>> services) =>
        new("vault", "What this server keeps for others.") { Rotate(services), Drop(services) };

    private static Command Rotate(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var reencrypt = new Option<bool>("--reencrypt") { Description = "Encrypts each value anew with a key of its own, too; else only those keys are wrapped anew." };
        var rotate = new Command("rotate-keys", "Makes a new key for the vault and brings everything it keeps under that.") { reencrypt };
        rotate.SetAction((parsed, ct) => RunAsync(parsed, services, (provider, output) => RotateAsync(provider, parsed.GetValue(reencrypt), output, ct), ct));
        return rotate;
    }

    private static Command Drop(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var keyId = new Argument<string>("KEY") { Description = "The key's id, vk_…, as the start names it." };
        var drop = new Command("drop-key", "Gives up a key that is lost, and with it all that it sealed.") { keyId };
        drop.SetAction((parsed, ct) => RunAsync(parsed, services, (provider, output) => DropAsync(provider, parsed.GetRequiredValue(keyId), output, ct), ct));
        return drop;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, Func<CancellationToken, Task<IServiceProvider>> services, Func<IServiceProvider, TextWriter, Task<string?>> run, CancellationToken ct)
    {
        var streams = parsed.InvocationConfiguration;
        string? fault;
        try
        {
            fault = await run(await services(ct), streams.Output);
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
    }

    // Nothing has to be open for it; but a key that does open is not lost.
    private static async Task<string?> DropAsync(IServiceProvider services, string keyId, TextWriter output, CancellationToken ct)
    {
        var keys = services.GetRequiredService<VaultKeys>();
        if (await services.GetRequiredService<MasterKeySource>().OpenAsync(mayCreate: false, ct) is null)
        {
            await keys.ReloadAsync(ct);
            if (keys.Open.Find(keyId) is not null)
            {
                return $"{keyId} is not lost: it opens. `vault rotate-keys` makes another one in its place.";
            }
        }

        var now = services.GetRequiredService<TimeProvider>().GetStoredNow();
        if (!await services.GetRequiredService<VaultKeyChanges>().TryDropAsync(keyId, VaultKeyEvents.Of(VaultKeyEvents.Dropped, keyId, now), ct))
        {
            return $"There is no key {keyId}.";
        }

        await output.WriteLineAsync($"{keyId} is gone. What it sealed has to be set anew.");
        return null;
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
