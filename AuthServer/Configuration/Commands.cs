using System.CommandLine;
using AuthServer.Audit;
using AuthServer.Keys;
using AuthServer.Mcp.Stdio;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Configuration;

/// <summary>The command line: without a command the server runs; <c>keys …</c>, <c>users …</c>, <c>tokens …</c>, <c>audit …</c> and <c>vault …</c> work on the same installation and end;
/// <c>chain …</c> and <c>mcp</c> need none.</summary>
internal static class Commands
{
    // Not 1, which is a command's own "no".
    private const int Mistyped = 2;

    private static readonly string[] Names = ["keys", "users", "tokens", "audit", "vault", "chain", "mcp"];

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return args is [var first, ..] && Names.Contains(first) ? await RunCommandAsync(args) : await ServeAsync(args);
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync("AuthServer cannot start:");
            foreach (var fault in refused.Faults)
            {
                await Console.Error.WriteLineAsync($"  - {fault}");
            }

            return 1;
        }
    }

    private static async Task<int> ServeAsync(string[] args)
    {
        await using var app = await AuthServerHost.CreateAsync(args, null, CancellationToken.None);
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(
            () => app.Services.GetRequiredService<Welcome>().Print(Console.Out));
        await app.RunAsync();
        return 0;
    }

    private static async Task<int> RunCommandAsync(string[] args)
    {
        WebApplication? app = null;
        async Task<IServiceProvider> OpenAsync(CancellationToken ct)
        {
            app = await AuthServerHost.CreateForCommandAsync(ct);
            return app.Services;
        }

        try
        {
            var root = new RootCommand("AuthServer")
            {
                KeyCommands.Create(OpenAsync), UserCommands.Create(OpenAsync), TokenCommands.Create(OpenAsync), AuditCommands.Create(OpenAsync), VaultCommands.Create(OpenAsync),
                ChainCommands.Create(), StdioCommand.Create(),
            };
            var parsed = root.Parse(args);

            // Its own handler would show a refused start as a stack trace.
            var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            if (app is not null)
            {
                await AuditCommands.CloseAsync(app.Services, CancellationToken.None);
            }

            return parsed.Errors.Count > 0 ? Mistyped : code;
        }
        finally
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }
        }
    }
}
