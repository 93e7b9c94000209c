using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Ends tokens before their time: rows, revocation and event in one commit, then the index.
/// Locks are taken in one order: the name, sessions and authorizations, families, tokens.</summary>
public sealed class StoredFamilies(IDatabaseWriter writer, RevocationIndex index, DatabaseSettings settings) : ITokenFamilies
{
    // Longer than a sign-in session lasts.
    private static readonly TimeSpan SessionMemory = TimeSpan.FromDays(30);

    public async Task<bool> EndAsync(GrantedRights rights, AuditEvent why, CancellationToken ct)
    {
        var revocation = Of(RevocationKind.Family, rights.FamilyId, why.At, settings.LongestAccessToken);
        var ended = await WriteAsync(
            async transaction =>
            {
                if (await transaction.ExecuteAsync(
                    Endings.Family, rights.FamilyId, rights.AuthorizationId, rights.ApplicationId, rights.Subject, rights.SessionId, why.At) != 1)
                {
                    return null;
                }

                await transaction.ExecuteAsync(Endings.FamilyTokens, TokenRow.NewConcurrencyToken(), rights.AuthorizationId, rights.FamilyId + ".");
                return [revocation];
            },
            why,
            ct);

        // Where another node ended it, this one may not have heard of it yet.
        index.Add(revocation);
        return ended;
    }

    public async Task<bool> EndTokenAsync(string tokenId, DateTimeOffset expiresAt, AuditEvent why, CancellationToken ct)
    {
        var revocation = new Revocation(new Revocation.Key(RevocationKind.Token, tokenId), why.At, expiresAt);
        var ended = await WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(tokenId);
                return await StoredRevocations.HasAsync(transaction, revocation.Target) ? null : [revocation];
            },
            why,
            ct);
        index.Add(revocation);
        return ended;
    }

    public Task EndSessionAsync(string sessionId, AuditEvent why, CancellationToken ct) =>
        WriteAsync(async transaction => [await EndSessionAsync(transaction, sessionId, why.At)], why, ct);

    /// <summary>The same within a change that does more.</summary>
    internal async ValueTask<Revocation> EndSessionAsync(WriteTransaction transaction, string sessionId, DateTimeOffset now)
    {
        await transaction.LockAsync(sessionId);
        await transaction.ExecuteAsync(Endings.Session, now, sessionId);
        await transaction.ExecuteAsync(Endings.SessionFamilies, now, sessionId);
        await transaction.ExecuteAsync(Endings.SessionTokens, TokenRow.NewConcurrencyToken(), sessionId);
        return Of(RevocationKind.Session, sessionId, now, SessionMemory);
    }

    public Task<bool> EndAuthorizationsAsync(IReadOnlyList<AuditEvent> whys, CancellationToken ct)
    {
        // In one order: two who take back the same ones do not wait for each other.
        AuditEventRow[] told = [.. whys.OrderBy(why => why.Target, StringComparer.Ordinal).Select(AuditEventRow.From)];
        return WriteAsync(
            async transaction =>
            {
                foreach (var row in told)
                {
                    await transaction.LockAsync(row.Target!);
                }

                List<Revocation> ended = [];
                var any = false;
                foreach (var row in told)
                {
                    if (await EndAuthorizationAsync(transaction, row.Target!, row.At) is { } gone)
                    {
                        any = true;
                        ended.AddRange(gone);
                        await AuditTrail.AppendAsync(transaction, row);
                    }
                }

                return any ? ended : null;
            },
            [],
            ct);
    }

    /// <summary>Within a change that does more: what goes with an authorization; null when it had been taken back.</summary>
    internal async ValueTask<List<Revocation>?> EndAuthorizationAsync(WriteTransaction transaction, string id, DateTimeOffset now)
    {
        if (await transaction.ExecuteAsync(Endings.Authorization, TokenRow.NewConcurrencyToken(), id) != 1)
        {
            return null;
        }

        var families = await transaction.QueryAsync(Endings.AuthorizationFamilies, row => row.GetString(0), now, id);
        await transaction.ExecuteAsync(Endings.AuthorizationTokens, TokenRow.NewConcurrencyToken(), id);
        await ApprovalChanges.EndOfAuthorizationAsync(transaction, id, now);
        var ended = families.ConvertAll(family => Of(RevocationKind.Family, family, now, settings.LongestAccessToken));
        foreach (var key in await ApiKeyChanges.EndGivenAsync(transaction, id, now))
        {
            ended.AddRange(await EndKeyAsync(transaction, key, now));
        }

        return ended;
    }

    /// <summary>Within the change that revokes an API key's row: its tokens, the keys that it set, and the delegations that it made.</summary>
    internal async ValueTask<List<Revocation>> EndKeyAsync(WriteTransaction transaction, string key, DateTimeOffset now)
    {
        await transaction.LockAsync(key);
        await KeysSet.EndAsync(transaction, key);

        // What the key gave hangs on an authorization with its own id.
        return
        [
            ApiKeyChanges.Ended(key, now),
            .. await EndAuthorizationAsync(transaction, key, now) ?? [],
            .. await DelegationChanges.EndMadeAsync(transaction, key, now, settings.LongestAccessToken),
        ];
    }

    public Task EndSubjectAsync(string subject, DateTimeOffset moment, AuditEvent why, CancellationToken ct) =>
        WriteAsync(async transaction => await EndSubjectAsync(transaction, subject, moment, why.At), why, ct);

    /// <summary>The same within a change that does more.</summary>
    internal async ValueTask<List<Revocation>> EndSubjectAsync(WriteTransaction transaction, string subject, DateTimeOffset moment, DateTimeOffset now)
    {
        var kind = KindOf(subject);

        // Families and sessions by name too: a token that was being made meanwhile is newer than the moment.
        var ended = await (kind switch
        {
            RevocationKind.Subject => EndPersonAsync(transaction, subject, moment, now),
            RevocationKind.Agent => EndAgentAsync(transaction, subject, moment, now),
            RevocationKind.Organization => EndOrganizationAsync(transaction, subject, moment, now),
            _ => EndApplicationsAsync(transaction, Endings.ApplicationOfClient, subject, moment, now),
        });
        return [Of(kind, subject, moment, SessionMemory), .. ended];
    }

    private static RevocationKind KindOf(string subject) => subject.Split('_')[0] switch
    {
        "usr" => RevocationKind.Subject,
        "agt" => RevocationKind.Agent,
        "acct" => RevocationKind.Organization,
        _ => RevocationKind.Client,
    };

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

    private async ValueTask<List<Revocation>> EndAgentAsync(WriteTransaction transaction, string agentId, DateTimeOffset moment, DateTimeOffset now)
    {
        var own = await EndApplicationsAsync(transaction, Endings.ApplicationOfAgent, agentId, moment, now);
        var acting = await transaction.QueryAsync(Endings.ActorFamilies, row => row.GetString(0), now, agentId, moment);
        await transaction.ExecuteAsync(Endings.ActorTokens, TokenRow.NewConcurrencyToken(), agentId);
        return [.. own, .. acting.Select(id => Of(RevocationKind.Family, id, now, settings.LongestAccessToken))];
    }

    private async ValueTask<List<Revocation>> EndOrganizationAsync(
        WriteTransaction transaction, string organizationId, DateTimeOffset moment, DateTimeOffset now)
    {
        var ended = await EndApplicationsAsync(transaction, Endings.ApplicationsOfOrganization, organizationId, moment, now);
        foreach (var agentId in await transaction.QueryAsync(Endings.AgentsOfOrganization, row => row.GetString(0), organizationId))
        {
            ended.AddRange((await transaction.QueryAsync(Endings.ActorFamilies, row => row.GetString(0), now, agentId, moment))
                .Select(id => Of(RevocationKind.Family, id, now, settings.LongestAccessToken)));
            await transaction.ExecuteAsync(Endings.ActorTokens, TokenRow.NewConcurrencyToken(), agentId);

            // Tokens in its name may be another organization's: those of agents that it has delegated to.
            ended.Add(Of(RevocationKind.Agent, agentId, moment, SessionMemory));
        }

        return ended;
    }

    private async ValueTask<List<Revocation>> EndApplicationsAsync(
        WriteTransaction transaction, Statement whose, string id, DateTimeOffset moment, DateTimeOffset now)
    {
        List<Revocation> ended = [];
        foreach (var applicationId in await transaction.QueryAsync(whose, row => row.GetString(0), id))
        {
            await transaction.LockAsync(applicationId);
            var families = await transaction.QueryAsync(Endings.ClientFamilies, row => row.GetString(0), now, applicationId, moment);
            await transaction.ExecuteAsync(Endings.ClientTokens, TokenRow.NewConcurrencyToken(), applicationId, moment);
            ended.AddRange(families.Select(id => Of(RevocationKind.Family, id, now, settings.LongestAccessToken)));
        }

        return ended;
    }

    /// <summary>What the change ends is stored, told to the other nodes and, once on disk, known to verification.</summary>
    /// <param name="change">Null: it does not hold, and nothing is stored.</param>
    internal Task<bool> WriteAsync(Func<WriteTransaction, ValueTask<List<Revocation>?>> change, AuditEvent why, CancellationToken ct) =>
        WriteAsync(change, [why], ct);

    /// <summary>The same with several events.</summary>
    internal async Task<bool> WriteAsync(Func<WriteTransaction, ValueTask<List<Revocation>?>> change, IReadOnlyList<AuditEvent> whys, CancellationToken ct)
    {
        List<Revocation> ended = [];
        AuditEventRow[] told = [.. whys.Select(AuditEventRow.From)];
        var written = await writer.TryWriteAsync(
            async transaction =>
            {
                if (await change(transaction) is not { } found)
                {
                    return false;
                }

                ended = found;
                foreach (var revocation in ended)
                {
                    await StoredRevocations.AddAsync(transaction, revocation);
                }

                foreach (var row in told)
                {
                    await AuditTrail.AppendAsync(transaction, row);
                }

                return true;
            },
            ct);
        if (written)
        {
            ended.ForEach(index.Add);
        }

        return written;
    }

    private Revocation Of(RevocationKind kind, string id, DateTimeOffset moment, TimeSpan memory) =>
        new(new Revocation.Key(kind, id), moment, moment + (memory > settings.LongestAccessToken ? memory : settings.LongestAccessToken));
}
