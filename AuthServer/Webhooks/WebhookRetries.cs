using System.Security.Cryptography;

namespace AuthServer.Webhooks;

/// <summary>When a message that failed is sent again.</summary>
public static class WebhookRetries
{
    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(3), TimeSpan.FromHours(8)];

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(8);

    /// <summary>Later each time, and not all at once that failed at once: a fifth more or less. A receiver may ask for more time, within bounds.</summary>
    /// <param name="attempt">The one that failed, from 1.</param>
    public static TimeSpan After(int attempt, TimeSpan? retryAfter)
    {
        var delay = Delays[Math.Clamp(attempt, 1, Delays.Length) - 1] * (RandomNumberGenerator.GetInt32(800, 1201) / 1000.0);
        var asked = retryAfter is { } wait && wait < LongestWait ? wait : retryAfter is null ? TimeSpan.Zero : LongestWait;
        return asked > delay ? asked : delay;
    }
}
