using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>Sign-in of a browser with a passkey alone: it knows whose it is, and has made sure that its person is there.</summary>
public sealed class PasskeySignIn(
    AuthDbContext context, IPasskeyHandler<User> handler, PasskeyChallenges challenges, SignInPace pace, RefusedSignIns refused, KnownDevices devices,
    SignInSessions sessions, AccountNotices notices, TimeProvider clock)
{
    public const int LongestCredential = 16 * 1024;

    private const string Purpose = "sign-in";
    private const string CounterReason = "passkey_counter";

    /// <summary>What a browser asks its passkeys (WebAuthn's request options, as JSON).</summary>
    public async Task<string> AskAsync(HttpContext http)
    {
        var asked = await handler.MakeRequestOptionsAsync(null, http);
        challenges.Add(http, Purpose, asked.AssertionState!);
        return asked.RequestOptionsJson;
    }

    /// <param name="credential">WebAuthn's answer, as JSON.</param>
    public async Task<SignInOutcome> TryAsync(HttpContext http, string credential, CancellationToken ct)
    {
        // Nobody is named yet: it is the network that may not try too much.
        var attempt = pace.Attempt(http, http.Network());
        if (pace.WaitFor(attempt) is var wait && wait > TimeSpan.Zero)
        {
            return new SignInOutcome.Wait(wait);
        }

        if (credential.Length > LongestCredential || await challenges.TakeAsync(http, Purpose, ct) is not { } state)
        {
            return await RefuseAsync(http, attempt, null, "passkey_challenge", ct);
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential, AssertionState = state });
        if (!result.Succeeded)
        {
            return await RefuseAsync(http, attempt, await OwnerAsync(credential, ct), IsCounter(result.Failure) ? CounterReason : "passkey", ct);
        }

        var user = result.User;
        if (user.Disabled || await context.Passkeys.FirstOrDefaultAsync(row => row.CredentialId == result.Passkey.CredentialId && row.UserId == user.Id, ct) is not { } passkey)
        {
            return await RefuseAsync(http, attempt, user, user.Disabled ? "disabled" : "passkey", ct);
        }

        await NoteUseAsync(passkey, result.Passkey, ct);
        var person = await sessions.StartAsync(http, context, user, new SignInMeans("passkey", Acr.Passkey, MethodsOf(result.Passkey)), ct);
        devices.Remember(http, user.NormalizedUserName ?? "");
        return new SignInOutcome.SignedIn(person);
    }

    /// <summary>RFC 8176: a key that its device may copy to others is software; a person was there; and they showed it by two factors.</summary>
    internal static IReadOnlyList<string> MethodsOf(UserPasskeyInfo passkey) => [passkey.IsBackupEligible ? "swk" : "hwk", "user", "mfa"];

    private async Task NoteUseAsync(IdentityUserPasskey<string> passkey, UserPasskeyInfo shown, CancellationToken ct)
    {
        (passkey.Data.SignCount, passkey.Data.IsBackedUp) = (shown.SignCount, shown.IsBackedUp);
        if (await context.PasskeyUses.FirstOrDefaultAsync(row => row.CredentialId == passkey.CredentialId, ct) is not { } use)
        {
            use = context.PasskeyUses.Add(new PasskeyUse { CredentialId = passkey.CredentialId }).Entity;
        }

        use.LastUsedAt = clock.GetStoredNow();
    }

    private async Task<SignInOutcome> RefuseAsync(HttpContext http, SignInAttempt attempt, User? user, string reason, CancellationToken ct)
    {
        context.ChangeTracker.Clear();
        pace.Started(attempt);
        pace.Failed(attempt);
        if (user is not null && reason == CounterReason)
        {
            await notices.OfPasskeyCopyAsync(http, context, user, ct);
        }

        await (user is null ? refused.RecordAsync(http, context, null, ct) : refused.RecordAsync(http, context, user, reason, ct));
        return new SignInOutcome.Refused();
    }

    /// <summary>Whose passkey was named, for the trail; nothing that was sent proves it.</summary>
    private async Task<User?> OwnerAsync(string credential, CancellationToken ct)
    {
        try
        {
            using var json = JsonDocument.Parse(credential);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                && PasskeyIds.Read(id.GetString()) is { } credentialId
                ? await context.Passkeys.Where(row => row.CredentialId == credentialId).Join(context.Users, row => row.UserId, user => user.Id, (_, user) => user).FirstOrDefaultAsync(ct)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The framework tells its reasons apart by their words alone; a test says when those change.
    private static bool IsCounter(PasskeyException failure) => failure.Message.Contains("signature counter", StringComparison.OrdinalIgnoreCase);
}
