using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Administration;

/// <summary>The keys of the installation without the keys themselves: which sign, which seal, and what is done to them. Other nodes follow within seconds.</summary>
public sealed class AdminKeys
{
    private readonly KeyRecords _records;
    private readonly KeyChanges _changes;
    private readonly KeyRing _ring;
    private readonly MasterKeySource _master;
    private readonly VaultKeyChanges _vault;
    private readonly IKeyManager _protection;
    private readonly IDbContextFactory<AuthDbContext> _contexts;
    private readonly TimeProvider _clock;

    internal AdminKeys(
        KeyRecords records, KeyChanges changes, KeyRing ring, MasterKeySource master, VaultKeyChanges vault, IKeyManager protection, IDbContextFactory<AuthDbContext> contexts, TimeProvider clock) =>
        (_records, _changes, _ring, _master, _vault, _protection, _contexts, _clock) = (records, changes, ring, master, vault, protection, contexts, clock);

    public async Task<KeysFile> ReadAsync(CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        var signing = (await _records.ReadAsync(ct)).OrderBy(key => key.Algorithm).ThenByDescending(key => key.ActivatesAt).ToList();
        await using var context = await _contexts.CreateDbContextAsync(ct);
        var vault = await context.VaultKeys.AsNoTracking().OrderByDescending(row => row.CreatedAt).ToListAsync(ct);
        return new KeysFile(
            [.. signing.Select(key => new SigningKeyLine(key, key.StateAt(now)))],
            _master.Place,
            [.. vault.Select((row, i) => new VaultKeyLine(row.Id, row.CreatedAt, row.Wrap, row.Reencrypts, row.FinishedAt, i == 0))],
            vault is [{ FinishedAt: null } newest, ..] && vault.Count > 1 ? await _vault.CountOthersAsync(newest.Id, ct) : 0,
            [.. _protection.GetAllKeys().OrderByDescending(key => key.ActivationDate).Select(key => new ProtectionKeyLine(key.KeyId.ToString(), key.ActivationDate, key.ExpirationDate, key.IsRevoked))]);
    }

    /// <summary>The next key signs as soon as it has been published for long enough.</summary>
    public async Task<Problem?> RotateAsync(HttpContext http, SignedInPerson administrator, JwsAlgorithm algorithm, CancellationToken ct)
    {
        var by = AdminEvent.Of(http, administrator, AuditEventTypes.KeyRotated, "", _clock.GetUtcNow());
        await _changes.ApplyAsync((schedule, keys, now) => schedule.Rotate(keys, algorithm, now), ct, by);
        await _ring.ReloadAsync(ct);
        return null;
    }

    /// <summary>Nothing that it signed is believed any more.</summary>
    public async Task<Problem?> RevokeAsync(HttpContext http, SignedInPerson administrator, string keyId, CancellationToken ct)
    {
        var by = AdminEvent.Of(http, administrator, AuditEventTypes.KeyRevoked, keyId, _clock.GetUtcNow());
        var plan = await _changes.ApplyAsync((schedule, keys, now) => schedule.Revoke(keys, keyId, now), ct, by);
        await _ring.ReloadAsync(ct);
        return plan is null ? Problem.Conflict("ended", "This key has ended already.") : null;
    }
}

/// <param name="MasterKey">Where the master key is.</param>
/// <param name="Vault">The newest first.</param>
/// <param name="Unwrapped">How many values of the vault are not under its newest key yet, while a rotation goes on.</param>
/// <param name="Protection">Of cookies and forms.</param>
public sealed record KeysFile(
    IReadOnlyList<SigningKeyLine> Signing, string MasterKey, IReadOnlyList<VaultKeyLine> Vault, long Unwrapped, IReadOnlyList<ProtectionKeyLine> Protection);

public sealed record SigningKeyLine(KeyLife Key, KeyState State)
{
    public bool IsLive => State is KeyState.Next or KeyState.Current or KeyState.Retiring;
}

/// <param name="FinishedAt">When all was under it; null: the rotation to it goes on.</param>
public sealed record VaultKeyLine(string Id, DateTimeOffset CreatedAt, VaultKeyWrap Wrap, bool Reencrypts, DateTimeOffset? FinishedAt, bool IsNewest);

public sealed record ProtectionKeyLine(string Id, DateTimeOffset ActivatesAt, DateTimeOffset ExpiresAt, bool IsRevoked);
