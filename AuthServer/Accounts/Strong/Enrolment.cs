using System.Globalization;
using System.Security.Cryptography;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.DataProtection;

namespace AuthServer.Accounts.Strong;

/// <summary>The secret that an app is about to learn. It waits in the person's own form, sealed for them and their session, until they show that the app knows it.</summary>
public sealed class Enrolment(IDataProtectionProvider protection, TimeProvider clock)
{
    private const int Longest = 1000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly IDataProtector _protector = protection.CreateProtector("AuthServer.Enrolment");

    public string Seal(SignedInPerson person, byte[] secret) => _protector.Protect(string.Join('\n',
        person.Subject, person.SessionId, (clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), Convert.ToBase64String(secret)));

    /// <summary>Null: it is too old, or not this session's.</summary>
    public byte[]? Open(SignedInPerson person, string? sent)
    {
        if (sent is not { Length: > 0 and <= Longest })
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(sent).Split('\n') is [var subject, var session, var until, var secret]
                && subject == person.Subject && session == person.SessionId
                && DateTimeOffset.FromUnixTimeSeconds(long.Parse(until, CultureInfo.InvariantCulture)) > clock.GetUtcNow()
                ? Convert.FromBase64String(secret)
                : null;
        }
        catch (CryptographicException)
        {
            // Made up, or sealed with a key that is gone.
            return null;
        }
    }
}
