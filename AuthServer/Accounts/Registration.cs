using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Makes an account for whoever may have one.</summary>
public sealed class Registration(
    AuthDbContext context, UserManager<User> users, PasswordHashes hashes, SignUp signUp, RegistrationPace pace, AddressConfirmation confirmation, TimeProvider clock)
{
    // Without mail we cannot answer as if it had worked; so this is all that is said, after the same work.
    private const string CannotBeMade = "An account with this address cannot be made here.";

    public Task<RegistrationOutcome> TryAsync(HttpContext http, RegistrationRequest request, CancellationToken ct) =>
        TryAsync(http, request, static (_, _) => { }, ct);

    /// <param name="also">Adds what is stored in the same commit.</param>
    public Task<RegistrationOutcome> TryAsync(HttpContext http, RegistrationRequest request, Action<AuthDbContext, User> also, CancellationToken ct) =>
        TryAsync(http, request, signUp.AskAsync, also, ct);

    /// <param name="ask">Whether this person may make an account, by the invitation that they sent.</param>
    /// <param name="also">Adds what is stored in the same commit.</param>
    public async Task<RegistrationOutcome> TryAsync(
        HttpContext http,
        RegistrationRequest request,
        Func<string?, CancellationToken, Task<SignUpAnswer>> ask,
        Action<AuthDbContext, User> also,
        CancellationToken ct)
    {
        if (pace.WaitFor(http) is var wait && wait > TimeSpan.Zero)
        {
            return new RegistrationOutcome.Wait(wait);
        }

        if (await ask(request.Invitation, ct) is not { Allowed: true } leave)
        {
            pace.Refused(http);
            return new RegistrationOutcome.NotAllowed();
        }

        var email = EmailAddress.Read(leave.Email ?? request.Email);
        var name = OwnName.Read(request.Name);
        var passkey = request.Passkey;
        var faults = Check(email, name, passkey is null ? request.Password ?? "" : null);
        if (faults.Count > 0)
        {
            return new RegistrationOutcome.Invalid(faults);
        }

        pace.Started(http);
        var user = User.Create(email!, name, clock.GetUtcNow());
        (user.Id, user.IsAdministrator) = (passkey?.UserId ?? user.Id, leave.Invitation is { Administrator: true });
        if (passkey is null)
        {
            using var turn = await hashes.TurnAsync(ct);
            user.PasswordHash = hashes.Hash(user, request.Password!);
        }

        return await CreateAsync(http, user, leave.Invitation, Adds, ct);

        Task Adds(AuthDbContext context, User user)
        {
            also(context, user);
            return Task.CompletedTask;
        }
    }

    /// <summary>The same without a password, for an address that another provider vouches for.</summary>
    public async Task<RegistrationOutcome> TryAsync(
        HttpContext http,
        VerifiedRegistration request,
        Func<string?, CancellationToken, Task<SignUpAnswer>> ask,
        Func<AuthDbContext, User, Task> also,
        CancellationToken ct)
    {
        if (pace.WaitFor(http) is var wait && wait > TimeSpan.Zero)
        {
            return new RegistrationOutcome.Wait(wait);
        }

        // An invitation for another address is not this person's.
        if (await ask(request.Invitation, ct) is not { Allowed: true } leave || (leave.Email is { } only && !only.Equals(request.Email, StringComparison.OrdinalIgnoreCase)))
        {
            pace.Refused(http);
            return new RegistrationOutcome.NotAllowed();
        }

        var name = OwnName.Read(request.Name);
        if (OwnName.FaultOf(name) is { } fault)
        {
            return new RegistrationOutcome.Invalid(new Dictionary<string, string> { ["Name"] = fault });
        }

        pace.Started(http);
        var user = User.Create(request.Email, name, clock.GetUtcNow());
        (user.EmailConfirmed, user.IsAdministrator) = (true, leave.Invitation is { Administrator: true });
        return await CreateAsync(http, user, leave.Invitation, also, ct);
    }

    private async Task<RegistrationOutcome> CreateAsync(
        HttpContext http, User user, Invitation? invitation, Func<AuthDbContext, User, Task> also, CancellationToken ct)
    {
        if (await users.FindByNameAsync(user.Email!) is not null)
        {
            return Taken(http);
        }

        if (!await signUp.TryUseAsync(invitation, ct))
        {
            pace.Refused(http);
            return new RegistrationOutcome.NotAllowed();
        }

        var registered = http.Event(AuditEventTypes.UserRegistered, AuditOutcomes.Success, user.CreatedAt);
        context.AuditEvents.Add(AuditEventRow.From(registered with
        {
            Subject = user.Id,
            Target = user.Id,
            Reason = invitation is null ? "open" : invitation.Administrator ? "setup" : "invitation",
        }));
        await also(context, user);
        await confirmation.AddAsync(http, user, ct);
        try
        {
            if (!(await users.CreateAsync(user)).Succeeded)
            {
                return Taken(http);
            }

            await signUp.CloseAsync(invitation, CancellationToken.None); // the account is there: whoever hangs up now changes nothing
            return new RegistrationOutcome.Registered(user);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody else used what was to be used up with it.
            context.ChangeTracker.Clear();
            pace.Refused(http);
            return new RegistrationOutcome.NotAllowed();
        }
        catch (DbUpdateException)
        {
            // Somebody else took the address between the look and the write.
            context.ChangeTracker.Clear();
            if (await users.FindByNameAsync(user.Email!) is null)
            {
                throw;
            }

            return Taken(http);
        }
    }

    private RegistrationOutcome.Invalid Taken(HttpContext http)
    {
        context.ChangeTracker.Clear();
        pace.Refused(http);
        return new RegistrationOutcome.Invalid(new Dictionary<string, string> { ["Email"] = CannotBeMade });
    }

    /// <summary>What must be typed differently before a passkey can be made for it.</summary>
    public static IReadOnlyDictionary<string, string> FaultsBeforePasskey(RegistrationRequest request) =>
        Check(EmailAddress.Read(request.Email), OwnName.Read(request.Name), null);

    /// <param name="password">Null: there is none.</param>
    private static Dictionary<string, string> Check(string? email, string? name, string? password)
    {
        var faults = new Dictionary<string, string>();
        if (email is null)
        {
            faults["Email"] = "Enter an e-mail address, such as name@example.com.";
        }

        if (OwnName.FaultOf(name) is { } fault)
        {
            faults["Name"] = fault;
        }

        if (password is not null && PasswordRules.Refuse(password, email, name) is { } reason)
        {
            faults["Password"] = reason;
        }

        return faults;
    }
}
