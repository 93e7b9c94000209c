using System.Security.Cryptography;
using AuthServer.Data;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Secrets;

/// <summary>The keys that wrap the keys of the vault's values: opened once and held in memory. Sealing and opening take neither locks nor the database.</summary>
internal sealed class VaultKeys(IDbContextFactory<AuthDbContext> contexts, VaultKeyChanges changes, VaultKeyWraps wraps, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private VaultKeySet _open = VaultKeySet.Empty;

    public VaultKeySet Open => Volatile.Read(ref _open);

    /// <summary>At start, after the master key: opens what there is, and makes the first. Empty, or a sentence for everything that stands in the way.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken ct)
    {
        if (await ReloadAsync(ct) is { Count: > 0 } faults)
        {
            return faults;
        }

        return Open.Generations.Count > 0 ? [] : await AddAsync(reencrypts: false, ct) is { } fault ? [fault] : [];
    }

    /// <summary>Follows what other nodes and commands did. A sentence for each generation that does not open; the others are used.</summary>
    public async Task<IReadOnlyList<string>> ReloadAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(ct);
            return await LoadAsync(await context.VaultKeys.AsNoTracking().ToListAsync(ct), ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Makes a generation; where somebody else did so at the same moment, that one counts. Null, or a sentence for the operator.</summary>
    public async Task<string?> AddAsync(bool reencrypts, CancellationToken ct)
    {
        var newest = Open.Generations is [.., var last] ? last.Record : null;
        var now = clock.GetStoredNow();

        // Whatever the machine's clock says: the newest is the last that was made.
        var at = newest is not null && now <= newest.CreatedAt ? newest.CreatedAt.AddMilliseconds(1) : now;
        var id = Identifiers.New(VaultKeyRecord.IdPrefix, at);
        var key = RandomNumberGenerator.GetBytes(VaultKeyWraps.KeyLength);
        var (wrapped, fault) = await wraps.WrapAsync(id, key, ct);
        CryptographicOperations.ZeroMemory(key);
        if (wrapped is null)
        {
            return fault;
        }

        var row = new VaultKeyRecord { Id = id, CreatedAt = at, Wrap = wraps.Present, Wrapped = wrapped, Reencrypts = reencrypts, FinishedAt = newest is null ? at : null };
        await changes.TryAddAsync(row, newest?.Id, VaultKeyEvents.Of(VaultKeyEvents.Created, id, now), ct);
        return await ReloadAsync(ct) is { Count: > 0 } faults ? string.Join(' ', faults) : null;
    }

    /// <summary>The key of a generation, also of one that another node made a moment ago; null: it is unknown here or does not open.</summary>
    public byte[]? Find(string id) => Open.Find(id) ?? Learn(id);

    public void Dispose() => _one.Dispose();

    // Once per generation at most, and only in the seconds after a rotation began: whoever opens a value cannot wait for the next reload.
    private byte[]? Learn(string id)
    {
        if (Identifiers.Read(VaultKeyRecord.IdPrefix, id) != id)
        {
            return null;
        }

        using var context = contexts.CreateDbContext();
        if (!context.VaultKeys.AsNoTracking().Any(row => row.Id == id))
        {
            return null;
        }

        Task.Run(() => ReloadAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return Open.Find(id);
    }

    private async Task<IReadOnlyList<string>> LoadAsync(List<VaultKeyRecord> rows, CancellationToken ct)
    {
        var (before, faults) = (Open, new List<string>());
        var generations = new List<OpenVaultKey>();
        foreach (var row in VaultKeySet.Ordered(rows))
        {
            var (key, fault) = before.Find(row.Id) is { } known ? (known, null) : await wraps.UnwrapAsync(row, ct);
            if (key is null)
            {
                faults.Add(fault!);
            }
            else
            {
                generations.Add(new OpenVaultKey(row, key));
            }
        }

        Volatile.Write(ref _open, new VaultKeySet(generations));
        return faults;
    }
}
