using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.SetUp;

/// <summary>The account of whoever sets the server up, by the one-time link: with a password, or with a passkey alone.</summary>
public sealed class FirstAdministrator(
    AuthDbContext context, SignUp signUp, Administrators administrators, Registration registration, PasswordSignIn signIn, SignInSessions sessions, KnownDevices devices, IPasskeyHandler<User> handler,
    PasskeyChallenges challenges, TimeProvider clock)
{
    /// <summary>Whether this link still makes an account.</summary>
    public async Task<SetUpLink> AskAsync(string? token, CancellationToken ct)
    {
        var isOpen = !await administrators.AnyAsync(ct);
        var answer = token is null ? new SignUpAnswer(false, null) : await signUp.AskAsync(token, ct);
        var invitation = answer is { Allowed: true, Invitation.Administrator: true } ? answer.Invitation : null;
        return new SetUpLink(isOpen, invitation, invitation is not null && await context.Users.AnyAsync(ct));
    }

    /// <summary>What a browser asks to make the passkey (WebAuthn's creation options); null: the link is good for nothing, or something must be typed differently first.</summary>
    public async Task<PasskeyOptions?> AskPasskeyAsync(HttpContext http, RegistrationRequest request, CancellationToken ct)
    {
        if ((await AskAsync(request.Invitation, ct)).Invitation is not { } invitation)
        {
            return null;
        }

        request = request with { Email = invitation.Email ?? request.Email };
        if (Registration.FaultsBeforePasskey(request).Count > 0)
        {
            return null;
        }

        var account = EmailAddress.Read(request.Email)!;
        var entity = new PasskeyUserEntity
        {
            Id = Identifiers.New("usr_", clock.GetUtcNow()),
            Name = account,
            DisplayName = string.IsNullOrWhiteSpace(request.Name) ? account : request.Name.Trim(),
        };
        var asked = await handler.MakeCreationOptionsAsync(entity, http);
        challenges.Add(http, PurposeOf(invitation), asked.AttestationState!);
        return new PasskeyOptions(asked.CreationOptionsJson);
    }

    /// <summary>Makes the account and signs its person in.</summary>
    /// <param name="credential">WebAuthn's answer, as JSON; null: the password is what counts.</param>
    public async Task<RegistrationOutcome> RegisterAsync(HttpContext http, RegistrationRequest request, string? credential, CancellationToken ct)
    {
        if ((await AskAsync(request.Invitation, ct)).Invitation is not { } invitation)
        {
            return new RegistrationOutcome.NotAllowed();
        }

        if (credential is null)
        {
            var outcome = await registration.TryAsync(http, request, ct);
            if (outcome is RegistrationOutcome.Registered { User: var user })
            {
                await signIn.StartAsync(http, user, ct);
            }

            return outcome;
        }

        return await ReadAsync(http, invitation, credential, ct) is { } passkey
            ? await RegisterAsync(http, request with { Passkey = passkey }, passkey, ct)
            : new RegistrationOutcome.Invalid(new Dictionary<string, string> { [""] = "The passkey was not accepted. Try once more, or choose a password." });
    }

    private async Task<RegistrationOutcome> RegisterAsync(HttpContext http, RegistrationRequest request, NewPasskey passkey, CancellationToken ct)
    {
        void Add(AuthDbContext context, User user)
        {
            var now = clock.GetStoredNow();
            context.Passkeys.Add(OwnPasskeys.RowOf(user, passkey.Made, DeviceName.Of(http.UserAgent(), Language.Current), now));
            context.AuditEvents.Add(AuditEventRow.From(OwnPasskeys.EventOf(http, StrongEvents.PasskeyAdded, user, passkey.Made.CredentialId, now)));
        }

        var outcome = await registration.TryAsync(http, request, Add, ct);
        if (outcome is RegistrationOutcome.Registered { User: var user })
        {
            await sessions.StartAsync(http, context, user, new SignInMeans("passkey", Acr.Passkey, PasskeySignIn.MethodsOf(passkey.Made)), ct);
            devices.Remember(http, user.NormalizedUserName ?? "");
        }

        return outcome;
    }

    private async Task<NewPasskey?> ReadAsync(HttpContext http, Invitation invitation, string credential, CancellationToken ct)
    {
        if (credential.Length > PasskeySignIn.LongestCredential || await challenges.TakeAsync(http, PurposeOf(invitation), ct) is not { } state)
        {
            return null;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential, AttestationState = state });
        return result.Succeeded && Identifiers.Read("usr_", result.UserEntity.Id) is { } userId ? new NewPasskey(userId, result.Passkey) : null;
    }

    private static string PurposeOf(Invitation invitation) => "set-up:" + invitation.Id;
}

/// <summary>What a set-up link is good for.</summary>
/// <param name="IsOpen">Nobody administers yet.</param>
/// <param name="Invitation">Null: it makes no account.</param>
/// <param name="IsInhabited">Others have accounts already, of whom none administers. Told only to whoever has a good link.</param>
public sealed record SetUpLink(bool IsOpen, Invitation? Invitation, bool IsInhabited);
