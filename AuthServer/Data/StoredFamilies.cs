using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Ends tokens before their time: rows, revocation and event in one commit, then the index.
/// Locks are taken in one order: the name, sessions and authorizations, families, tokens.</summary>
public sealed class StoredFamilies(IDatabaseWriter writer, RevocationIndex index, DatabaseSettings settings) : ITokenFamilies
{
    // Longer than a sign-in session lasts.
    private static readonly TimeSpan SessionMemory = TimeSpan.FromDays(30);

    public Task EndAsync(GrantedRights rights, AuditEvent why, CancellationToken ct)
    {
        var revocation = Of(RevocationKind.Family, rights.FamilyId, why.At, settings.LongestAccessToken);
        return WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(
                    Endings.Family, rights.FamilyId, rights.AuthorizationId, rights.ApplicationId, rights.Subject, rights.SessionId, why.At);
                await transaction.ExecuteAsync(Endings.FamilyTokens, TokenRow.NewConcurrencyToken(), rights.AuthorizationId, rights.FamilyId + ".");
                return [revocation];
            },
            why,
            ct);
    }

    public Task EndTokenAsync(string tokenId, DateTimeOffset expiresAt, AuditEvent why, CancellationToken ct)
    {
        var revocation = new Revocation(new Revocation.Key(RevocationKind.Token, tokenId), why.At, expiresAt);
        return WriteAsync(_ => new([revocation]), why, ct);
    }

    public Task EndSessionAsync(string sessionId, AuditEvent why, CancellationToken ct)
    {
        var revocation = Of(RevocationKind.Session, sessionId, why.At, SessionMemory);
        return WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(sessionId);
                await transaction.ExecuteAsync(Endings.Session, why.At, sessionId);
                await transaction.ExecuteAsync(Endings.SessionFamilies, why.At, sessionId);
                await transaction.ExecuteAsync(Endings.SessionTokens, TokenRow.NewConcurrencyToken(), sessionId);
                return [revocation];
            },
            why,
            ct);
    }

    public Task EndAuthorizationAsync(string authorizationId, AuditEvent why, CancellationToken ct) =>
        WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(authorizationId);
                await transaction.ExecuteAsync(Endings.Authorization, TokenRow.NewConcurrencyToken(), authorizationId);
                var families = await transaction.QueryAsync(Endings.AuthorizationFamilies, row => row.GetString(0), why.At, authorizationId);
                await transaction.ExecuteAsync(Endings.AuthorizationTokens, TokenRow.NewConcurrencyToken(), authorizationId);
                return families.ConvertAll(id => Of(RevocationKind.Family, id, why.At, settings.LongestAccessToken));
            },
            why,
            ct);

    public Task EndSubjectAsync(string subject, DateTimeOffset moment, AuditEvent why, CancellationToken ct)
    {
        var person = subject.StartsWith("usr_", StringComparison.Ordinal);
        var revocation = Of(person ? RevocationKind.Subject : RevocationKind.Client, subject, moment, SessionMemory);
        return WriteAsync(
            async transaction =>
            {
                // Families and sessions by name too: a token that was being made meanwhile is newer than the moment.
                var ended = await (person
                    ? EndPersonAsync(transaction, subject, moment, why.At)
                    : EndClientAsync(transaction, subject, moment, why.At));
                return [revocation, .. ended];
            },
            why,
            ct);
    }

    private async ValueTask<List<Revocation>> EndPersonAsync(WriteTransaction transaction, string userId, DateTimeOffset moment, DateTimeOffset now)
    {
        await transaction.LockAsync(userId);
        var sessions = await transaction.QueryAsync(Endings.PersonSessions, row => row.GetString(0), now, userId, moment);
        var families = await transaction.QueryAsync(Endings.PersonFamilies, row => row.GetString(0), now, userId, moment);
        await transaction.ExecuteAsync(Endings.PersonTokens, TokenRow.NewConcurrencyToken(), userId, moment);
        return
        [
            .. sessions.Select(id => Of(RevocationKind.Session, id, now, SessionMemory)),
            .. families.Select(id => Of(RevocationKind.Family, id, now, settings.LongestAccessToken)),
        ];
    }

    private async ValueTask<List<Revocation>> EndClientAsync(WriteTransaction transaction, string clientId, DateTimeOffset moment, DateTimeOffset now)
    {
        List<Revocation> ended = [];
        foreach (var applicationId in await transaction.QueryAsync(Endings.ApplicationOfClient, row => row.GetString(0), clientId))
        {
            await transaction.LockAsync(applicationId);
            var families = await transaction.QueryAsync(Endings.ClientFamilies, row => row.GetString(0), now, applicationId, moment);
            await transaction.ExecuteAsync(Endings.ClientTokens, TokenRow.NewConcurrencyToken(), applicationId, moment);
            ended.AddRange(families.Select(id => Of(RevocationKind.Family, id, now, settings.LongestAccessToken)));
        }

        return ended;
    }

    private async Task WriteAsync(Func<WriteTransaction, ValueTask<List<Revocation>>> change, AuditEvent why, CancellationToken ct)
    {
        List<Revocation> ended = [];
        var told = AuditEventRow.From(why);
        await writer.TryWriteAsync(
            async transaction =>
            {
                ended = await change(transaction);
                foreach (var revocation in ended)
                {
                    await StoredRevocations.AddAsync(transaction, revocation);
                }

                return await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
        foreach (var revocation in ended)
        {
            index.Add(revocation);
        }
    }

    private Revocation Of(RevocationKind kind, string id, DateTimeOffset moment, TimeSpan memory) =>
        new(new Revocation.Key(kind, id), moment, moment + (memory > settings.LongestAccessToken ? memory : settings.LongestAccessToken));
}
