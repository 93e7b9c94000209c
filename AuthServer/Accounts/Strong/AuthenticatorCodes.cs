using System.Security.Cryptography;
using OtpNet;

namespace AuthServer.Accounts.Strong;

/// <summary>The codes of authenticator apps (RFC 6238) as all apps know them: SHA-1, six digits, thirty seconds.</summary>
public static class AuthenticatorCodes
{
    private const int Digits = 6;

    // RFC 4226 §4: 160 bits are recommended.
    private const int SecretLength = 20;

    // RFC 6238 §5.2: one step of delay, and one of a clock that goes wrong.
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    /// <summary>The time step whose code this is; null: it is wrong, or was used up.</summary>
    /// <param name="lastStep">It and all before it are used up (RFC 6238 §5.2).</param>
    public static long? StepOf(byte[] secret, string code, long lastStep, DateTimeOffset now) =>
        new Totp(secret).VerifyTotp(now.UtcDateTime, code, out var step, Window) && step > lastStep ? step : null;

    /// <summary>What somebody typed, without spaces; null: it is no code of an app.</summary>
    public static string? Read(string typed)
    {
        var code = typed.Length > 4 * Digits ? "" : new string([.. typed.Where(c => c != ' ')]);
        return code.Length == Digits && code.All(char.IsAsciiDigit) ? code : null;
    }

    /// <summary>The secret as somebody types it who cannot scan.</summary>
    public static string Shown(byte[] secret) => string.Join(' ', Base32Encoding.ToString(secret).TrimEnd('=').ToLowerInvariant().Chunk(4).Select(part => new string(part)));

    /// <summary>The address that an app reads from the picture.</summary>
    public static string AddressOf(byte[] secret, string host, string account)
    {
        var (issuer, label) = (Uri.EscapeDataString(host), Uri.EscapeDataString(account));
        return $"otpauth://totp/{issuer}:{label}?secret={Base32Encoding.ToString(secret).TrimEnd('=')}&issuer={issuer}";
    }
}
