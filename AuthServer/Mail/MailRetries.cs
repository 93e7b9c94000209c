using System.Security.Cryptography;

namespace AuthServer.Mail;

/// <summary>When a mail that was not taken is sent again.</summary>
public static class MailRetries
{
    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3)];

    /// <summary>Later each time, and not all at once that failed at once: a fifth more or less.</summary>
    /// <param name="attempt">The one that failed, from 1.</param>
    public static TimeSpan After(int attempt) => Delays[Math.Clamp(attempt, 1, Delays.Length) - 1] * (RandomNumberGenerator.GetInt32(800, 1201) / 1000.0);
}
