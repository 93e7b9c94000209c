using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Configuration;

/// <summary>The people that the configuration names: the first administrator, and in Development the configured and demo ones.
/// In Production those of Development are disabled.</summary>
public sealed class ConfiguredPeople(
    AuthServerSettings settings, IServiceScopeFactory scopes, Demo demo, FirstStart firstStart, Invitations invitations, Closings closings, TimeProvider clock)
{
    public async Task ApplyAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var database = scope.ServiceProvider.GetRequiredService<AuthDbContext>();
        await DisableStrangersAsync(database, ct);

        var faults = new List<string>();
        foreach (var person in settings.Options.Users)
        {
            faults.AddRange(await EnsureAsync(users, person, Sources.Configuration, administrator: false));
        }

        if (settings.Demo)
        {
            faults.AddRange(await EnsureAsync(users, demo.Person, Sources.Demo, administrator: false));
        }

        var bootstrap = settings.Options.Bootstrap;
        if (!string.IsNullOrEmpty(bootstrap.AdminEmail))
        {
            // The first one: whoever administers may have another address by now.
            if (!await database.Users.AnyAsync(user => user.IsAdministrator, ct))
            {
                faults.AddRange(await EnsureAsync(users, new() { Email = bootstrap.AdminEmail, Password = bootstrap.AdminPassword }, null, administrator: true));
            }
        }
        else if (!await database.Users.AnyAsync(user => user.IsAdministrator && !user.Disabled, ct))
        {
            firstStart.SetUpLink = settings.Issuer.At(invitations.Create(email: null, administrator: true));
        }

        if (faults.Count > 0)
        {
            throw new StartRefusedException(faults);
        }
    }

    /// <summary>Whoever a development configuration made, and this one does not name, cannot sign in.</summary>
    private async Task DisableStrangersAsync(AuthDbContext database, CancellationToken ct)
    {
        var named = settings.Options.Users.Select(person => person.Email!).Append(settings.Demo ? demo.Person.Email! : "")
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var now = clock.GetUtcNow();
        foreach (var user in await database.Users.Where(user => user.Source != null).ToListAsync(ct))
        {
            var disable = !named.Contains(user.Email ?? "");
            if (disable && !user.Disabled)
            {
                await closings.EndPersonAsync(user.Id, Starting.Event(AuditEventTypes.TokenRevoked, now) with { Subject = user.Id, Target = user.Id, Reason = "not_configured" }, ct);
            }

            user.Disabled = disable;
        }

        await database.SaveChangesAsync(ct);
    }

    private async Task<IEnumerable<string>> EnsureAsync(UserManager<User> users, AuthServerOptions.UserSettings person, string? source, bool administrator)
    {
        if (!SecretReference.TryRead(person.Password!, settings.Home, out var password, out var fault))
        {
            return [$"The password of {person.Email}: {fault}"];
        }

        var user = await users.FindByEmailAsync(person.Email!);
        if (user is null)
        {
            var now = clock.GetUtcNow();
            user = new User
            {
                Id = Identifiers.New("usr_", now),
                UserName = person.Email,
                Email = person.Email,
                EmailConfirmed = true,
                Name = person.Name,
                CreatedAt = now,
                UpdatedAt = now,
                Source = source,
                IsAdministrator = administrator,
            };
            return Faults(person, await users.CreateAsync(user, password));
        }

        // A person who has an account of their own keeps it: the configuration does not take it over.
        if (user.Source != source || source is null || (user.Name == person.Name && await users.CheckPasswordAsync(user, password)))
        {
            return [];
        }

        user.Name = person.Name;
        user.UpdatedAt = clock.GetUtcNow();
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        return Faults(person, await users.UpdateAsync(user));
    }

    private static IEnumerable<string> Faults(AuthServerOptions.UserSettings person, IdentityResult result) =>
        result.Errors.Select(error => $"The person {person.Email}: {error.Description}");
}
