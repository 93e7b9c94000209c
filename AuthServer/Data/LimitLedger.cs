using AuthServer.Audit;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Data;

/// <summary>What became of a decision's takes.</summary>
/// <param name="Exceeded">The first limit without room: nothing was taken. Null: all was taken, or had been before.</param>
/// <param name="Rate">The rate limit that is nearest to its end.</param>
/// <param name="Left">What is left of each limit that a delegation sets.</param>
public sealed record LimitOutcome(LimitTake? Exceeded, RateLeft? Rate, IReadOnlyList<LimitLeft> Left);

/// <summary>Takes from limits all that a decision needs, or nothing, and appends the decision's event in the same commit.</summary>
public sealed class LimitLedger(IDatabaseWriter writer, IDatabaseReader reader)
{
    private static readonly TimeSpan ActionsKept = TimeSpan.FromDays(1);

    // Makes the row where there is none, and holds it until the commit: others who take from it wait here.
    private static readonly Statement Hold = new(
        """
        INSERT INTO "PolicyLimits" ("Key", "State", "ExpiresAt") VALUES ($1, '', $2)
        ON CONFLICT ("Key") DO UPDATE SET "ExpiresAt" = $2
        RETURNING "State"
        """);

    private static readonly Statement Store = new("""UPDATE "PolicyLimits" SET "State" = $2 WHERE "Key" = $1""");

    private static readonly Statement Find = new("""SELECT "State" FROM "PolicyLimits" WHERE "Key" = $1""");

    private static readonly Statement Seen = new("""SELECT 1 FROM "UsedHandles" WHERE "Handle" = $1 AND "ExpiresAt" > $2""");

    private static readonly Statement Remember = new(
        """
        INSERT INTO "UsedHandles" ("Handle", "ExpiresAt") VALUES ($1, $2)
        ON CONFLICT ("Handle") DO UPDATE SET "ExpiresAt" = $2 WHERE "UsedHandles"."ExpiresAt" <= $3
        """);

    /// <param name="action">Names the action: when it was allowed in the last 24 hours, it is allowed again and takes nothing. Null: it has no name.</param>
    /// <param name="describe">The event of the outcome. Called again when the database asks for a second attempt.</param>
    public async Task<LimitOutcome> TakeAsync(
        IReadOnlyList<LimitTake> takes, string? action, DateTimeOffset now, Func<LimitOutcome, AuditEventRow> describe, CancellationToken ct)
    {
        LimitOutcome? outcome = null;
        await writer.TryWriteAsync(
            async transaction =>
            {
                outcome = await TakeAsync(transaction, takes, action, now);
                return await AuditTrail.AppendAsync(transaction, describe(outcome));
            },
            ct);
        return outcome!;
    }

    /// <summary>The same within a change that does more.</summary>
    internal static async ValueTask<LimitOutcome> TakeAsync(WriteTransaction transaction, IReadOnlyList<LimitTake> takes, string? action, DateTimeOffset now)
    {
        var handle = action is null || takes.Count == 0 ? null : Handle.ReferenceId("policy-action:" + action);
        var windows = new SlidingWindow[takes.Count];

        // Everybody takes their locks in one order, and so waits for nobody who waits for them.
        foreach (var (index, take) in takes.Index().OrderBy(take => take.Item.Key, StringComparer.Ordinal))
        {
            windows[index] = take.Open((await transaction.QueryAsync(Hold, row => row.GetString(0), take.Key, take.EndsAt ?? now + (2 * take.Window)))[0]);
        }

        return await TakeAsync(transaction, takes, windows, handle, now);
    }

    /// <summary>The first limit without room, within a change that takes nothing; null: all have some.</summary>
    internal static async ValueTask<LimitTake?> ExceededAsync(WriteTransaction transaction, IReadOnlyList<LimitTake> takes, DateTimeOffset now)
    {
        var windows = new SlidingWindow[takes.Count];
        for (var i = 0; i < windows.Length; i++)
        {
            windows[i] = takes[i].Open((await transaction.QueryAsync(Find, row => row.GetString(0), takes[i].Key)).FirstOrDefault());
        }

        return Exceeded(takes, windows, now);
    }

    /// <summary>What taking would answer now. Nothing is taken.</summary>
    public async Task<LimitOutcome> LookAsync(IReadOnlyList<LimitTake> takes, DateTimeOffset now, CancellationToken ct)
    {
        var windows = new SlidingWindow[takes.Count];
        for (var i = 0; i < windows.Length; i++)
        {
            windows[i] = takes[i].Open(await reader.FindAsync(Find, row => row.GetString(0), [takes[i].Key], ct));
        }

        return Outcome(takes, windows, Exceeded(takes, windows, now), now);
    }

    private static async ValueTask<LimitOutcome> TakeAsync(
        WriteTransaction transaction, IReadOnlyList<LimitTake> takes, SlidingWindow[] windows, string? handle, DateTimeOffset now)
    {
        if (handle is not null && (await transaction.QueryAsync(Seen, _ => true, handle, now)).Count > 0)
        {
            return Outcome(takes, windows, null, now);
        }

        if (Exceeded(takes, windows, now) is { } exceeded)
        {
            return Outcome(takes, windows, exceeded, now);
        }

        // Only what is allowed is remembered. Whoever asks for the same at the same moment comes second here.
        if (handle is null || await transaction.ExecuteAsync(Remember, handle, now + ActionsKept, now) == 1)
        {
            for (var i = 0; i < windows.Length; i++)
            {
                windows[i].TryTake(now, takes[i].Amount);
                await transaction.ExecuteAsync(Store, takes[i].Key, windows[i].ToString());
            }
        }

        return Outcome(takes, windows, null, now);
    }

    private static LimitTake? Exceeded(IReadOnlyList<LimitTake> takes, SlidingWindow[] windows, DateTimeOffset now) =>
        takes.Where((take, i) => !windows[i].HasRoom(now, take.Amount)).FirstOrDefault();

    private static LimitOutcome Outcome(IReadOnlyList<LimitTake> takes, SlidingWindow[] windows, LimitTake? exceeded, DateTimeOffset now) => new(
        exceeded,
        takes.Index().Where(take => take.Item.Kind == LimitKind.Rate).Select(take => windows[take.Index].Left(now)).MinBy(left => left.Remaining),
        [
            .. from take in takes.Index()
               where take.Item.DelegationId is not null
               select new LimitLeft(take.Item.DelegationId!, take.Item.Counted, take.Item.Kind, take.Item.Max, windows[take.Index].Remaining(now)),
        ]);
}
