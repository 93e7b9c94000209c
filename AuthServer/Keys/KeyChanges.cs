using AuthServer.Jose;
using AuthServer.Protocol.State;
using Microsoft.Extensions.Logging;

namespace AuthServer.Keys;

/// <summary>Changes the signing keys: files first, then the records. Safe when several processes do it at once.</summary>
internal sealed partial class KeyChanges(KeyRecords records, SigningKeyFiles files, KeySettings settings, TimeProvider time, ILogger<KeyChanges> logger)
{
    private const int MaxAttempts = 5;

    /// <summary>Makes a plan from what is stored and stores it. Null: the planner refused.</summary>
    /// <param name="planner">Called again when somebody else changed the keys meanwhile.</param>
    /// <param name="by">Whose request it was, for the events; null: nobody's who is signed in.</param>
    /// <exception cref="TimeoutException">Others changed the keys each time.</exception>
    public async Task<KeyPlan?> ApplyAsync(Func<KeySchedule, IReadOnlyList<KeyLife>, DateTimeOffset, KeyPlan?> planner, CancellationToken ct, AuditEvent? by = null)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var before = await records.ReadAsync(ct);
            var now = Now();
            var made = new List<SigningKey>();
            try
            {
                var plan = planner(new KeySchedule(settings.Periods, algorithm => Make(algorithm, made)), before, now);
                if (plan is null || plan.Keys.SequenceEqual(before))
                    return plan;
                if (await StoreAsync(before, plan, made, now, by, ct))
                    return plan;
            }
            finally
            {
                made.ForEach(key => key.Dispose());
            }
        }
        throw new TimeoutException("The signing keys were changed by others at the same time, again and again.");
    }

    private async Task<bool> StoreAsync(IReadOnlyList<KeyLife> before, KeyPlan plan, List<SigningKey> made, DateTimeOffset now, AuditEvent? by, CancellationToken ct)
    {
        try
        {
            // A record without its file stops every start, so the files come first.
            made.ForEach(files.Write);
            if (await records.TrySaveAsync(before, plan, now, by, ct))
            {
                foreach (var told in plan.Events)
                    Tell(told);
                return true;
            }
        }
        catch
        {
            // Whether a commit that failed was stored, only the database knows.
            var stored = await records.ReadAsync(CancellationToken.None);
            made.RemoveAll(key => stored.Any(life => life.KeyId == key.KeyId));
            made.ForEach(key => files.Delete(key.KeyId));
            throw;
        }
        made.ForEach(key => files.Delete(key.KeyId));
        return false;
    }

    // The databases keep microseconds or more.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static string Make(JwsAlgorithm algorithm, List<SigningKey> made)
    {
        var key = SigningKey.Create(algorithm);
        while (key.KeyId.StartsWith('-')) // a command line would read it as an option
        {
            key.Dispose();
            key = SigningKey.Create(algorithm);
        }
        made.Add(key);
        return key.KeyId;
    }

    private void Tell(KeyEvent told)
    {
        switch (told.Kind)
        {
            case KeyEventKind.Created:
                Log.Created(logger, told.KeyId);
                break;
            case KeyEventKind.Revoked:
                Log.Revoked(logger, told.KeyId);
                break;
            case KeyEventKind.Rotated when told.Reason == KeyReasons.RequestedLater:
                Log.RotatesLater(logger, told.KeyId);
                break;
            case KeyEventKind.Rotated when told.Reason == KeyReasons.RevocationUnannounced:
                Log.RotatedUnannounced(logger, told.KeyId);
                break;
            default:
                Log.Rotated(logger, told.KeyId, told.Reason);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Created the signing key {KeyId}.")]
        public static partial void Created(ILogger logger, string keyId);

        [LoggerMessage(LogLevel.Information, "The key {KeyId} signs now ({Reason}).")]
        public static partial void Rotated(ILogger logger, string keyId, string? reason);

        [LoggerMessage(LogLevel.Information, "The key {KeyId} will sign as soon as it has been published for long enough.")]
        public static partial void RotatesLater(ILogger logger, string keyId);

        [LoggerMessage(LogLevel.Warning, "The key {KeyId} signs now, since the key before it was revoked, although it was not published for long enough: verifiers with an older copy of the key set refuse its tokens until they fetch a new one.")]
        public static partial void RotatedUnannounced(ILogger logger, string keyId);

        [LoggerMessage(LogLevel.Warning, "The signing key {KeyId} was revoked: tokens it signed are refused.")]
        public static partial void Revoked(ILogger logger, string keyId);
    }
}
