using System.CommandLine;
using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Http;
using AuthServer.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Configuration;

/// <summary><c>users invite EMAIL</c>: how people come in where registration is by invitation and no page is at hand. <c>users administrator EMAIL</c>: who administers.
/// <c>users reset-second-factor EMAIL</c>: for whoever lost it, and the recovery codes too.</summary>
internal static class UserCommands
{
    public static Command Create(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var email = new Argument<string>("email") { Description = "Whom to invite; the link works for this address only." };
        var administrator = new Option<bool>("--administrator") { Description = "The account administers the installation. Only while nobody does." };
        var invite = new Command("invite", "Prints a link by which one person can register within seven days.") { email, administrator };
        invite.SetAction(async (parsed, ct) =>
        {
            var provider = await services(ct);
            if (await provider.OpenKeysAsync(ct) is { Count: > 0 } faults)
            {
                throw new StartRefusedException(faults);
            }

            var (address, administers) = (parsed.GetRequiredValue(email), parsed.GetValue(administrator));
            if (administers && await provider.GetRequiredService<Administrators>().AnyAsync(ct))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    $"This server has its administrator, so a link of that kind opens nothing. Use \"users invite {address}\", and once the account is made \"users administrator {address}\".");
                return 1;
            }

            var path = provider.GetRequiredService<Invitations>().Create(address, administers);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(provider.GetRequiredService<IssuerUri>().At(path));
            return 0;
        });
        return new Command("users", "People who have accounts here.") { invite, Administrator(services), ResetSecondFactor(services) };
    }

    private static Command Administrator(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var email = new Argument<string>("email") { Description = "Whose account." };
        var remove = new Option<bool>("--remove") { Description = "Takes it away." };
        var command = new Command("administrator", "Lets a person who has an account administer the installation, at /admin.") { email, remove };
        command.SetAction(async (parsed, ct) =>
        {
            var provider = await services(ct);
            var (address, isAdministrator) = (parsed.GetRequiredValue(email), !parsed.GetValue(remove));
            var why = Starting.Event(AccountEvents.AdministratorChanged, provider.GetRequiredService<TimeProvider>().GetUtcNow()) with { CorrelationId = "command" };
            if (!await provider.GetRequiredService<Administrators>().TrySetAsync(address, isAdministrator, why, ct))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Nobody here has the address {address}.");
                return 1;
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{address} is {(isAdministrator ? "an administrator" : "no administrator")}.");
            return 0;
        });
        return command;
    }

    private static Command ResetSecondFactor(Func<CancellationToken, Task<IServiceProvider>> services)
    {
        var email = new Argument<string>("email") { Description = "Whose account. Make sure that it is them who ask." };
        var command = new Command("reset-second-factor", "Takes away a person's authenticator app, recovery codes and passkeys: their password is enough again. Ends their sessions.") { email };
        command.SetAction(async (parsed, ct) =>
        {
            var provider = await services(ct);
            var address = parsed.GetRequiredValue(email);
            var why = Starting.Event(StrongEvents.FactorsReset, provider.GetRequiredService<TimeProvider>().GetUtcNow()) with { CorrelationId = "command" };
            if (!await provider.GetRequiredService<FactorReset>().TryResetAsync(address, why, ct))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Nobody here has the address {address}, or they have no second factor.");
                return 1;
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{address} signs in with the password alone again.");
            return 0;
        });
        return command;
    }
}
