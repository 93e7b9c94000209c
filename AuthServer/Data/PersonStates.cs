using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Whether people may come in, and who administers. There is always somebody left who administers.</summary>
public sealed class PersonStates(StoredFamilies families, Closings closings)
{
    private static readonly Statement SetDisabled = new(
        """UPDATE "AspNetUsers" SET "Disabled" = $2, "UpdatedAt" = $3, "ConcurrencyStamp" = $4 WHERE "Id" = $1 AND "Disabled" <> $2""");

    private static readonly Statement SetAdministrator = new(
        """UPDATE "AspNetUsers" SET "IsAdministrator" = $2, "UpdatedAt" = $3, "ConcurrencyStamp" = $4 WHERE "Id" = $1 AND "IsAdministrator" <> $2 AND NOT "Disabled" """);

    /// <summary>With all that the person holds: sessions, tokens, keys, certificates, invitations that they gave.</summary>
    public Task<PersonStateChange> DisableAsync(string userId, AuditEvent why, CancellationToken ct) => ChangeAsync(
        userId,
        SetDisabled,
        true,
        why,
        transaction => closings.EndPersonAsync(transaction, userId, why.At),
        ct);

    public Task<PersonStateChange> EnableAsync(string userId, AuditEvent why, CancellationToken ct) =>
        ChangeAsync(userId, SetDisabled, false, why, _ => new([]), ct);

    public Task<PersonStateChange> SetAdministratorAsync(string userId, bool isAdministrator, AuditEvent why, CancellationToken ct) =>
        ChangeAsync(userId, SetAdministrator, isAdministrator, why, _ => new([]), ct);

    private async Task<PersonStateChange> ChangeAsync(
        string userId, Statement set, bool value, AuditEvent why, Func<WriteTransaction, ValueTask<List<Revocation>>> end, CancellationToken ct)
    {
        var (takesAway, isLast) = ((set == SetDisabled) == value, false);
        var done = await families.WriteAsync(
            async transaction =>
            {
                await LastAdministrator.LockAsync(transaction);
                await transaction.LockAsync(userId);
                isLast = takesAway && await LastAdministrator.IsAsync(transaction, userId);
                return isLast || await transaction.ExecuteAsync(set, userId, value, why.At, TokenRow.NewConcurrencyToken()) != 1 ? null : await end(transaction);
            },
            why,
            ct);
        return done ? PersonStateChange.Done : isLast ? PersonStateChange.LastAdministrator : PersonStateChange.Unchanged;
    }
}

/// <summary>What became of a change.</summary>
public enum PersonStateChange
{
    Done,

    /// <summary>It is so already, or there is no such person.</summary>
    Unchanged,

    /// <summary>Nobody would be left who administers.</summary>
    LastAdministrator,
}
