using AuthServer.Data;

namespace AuthServer.Vault.Secrets;

/// <summary>Brings every sealed value under a new key of the vault, while servers run. What is cut short goes on where it was when it is run again.</summary>
internal sealed class VaultRotation(VaultKeys keys, VaultSeal seal, VaultKeyChanges changes, TimeProvider clock)
{
    /// <summary>Until every running server seals with the new key, twice as long as it needs.</summary>
    public static readonly TimeSpan FollowedAfter = 2 * VaultKeyFollower.ReloadEvery;

    /// <summary>How long an old generation is kept at least after its successor was made: what a server sealed with it may not be stored yet.</summary>
    public static readonly TimeSpan KeptAfter = TimeSpan.FromHours(1);

    private const int PageSize = 200;
    private const int MostNamed = 20;

    /// <summary>Null, or sentences for the operator about what was left. The vault's keys must be open.</summary>
    /// <param name="reencrypt">Whether each value gets a new key of its own too.</param>
    public async Task<string?> RunAsync(bool reencrypt, TextWriter output, CancellationToken ct)
    {
        await keys.ReloadAsync(ct);

        // Somebody was here before, and did not come to the end.
        if (keys.Open.Newest.Record is { FinishedAt: null } begun && (begun.Reencrypts || !reencrypt))
        {
            await output.WriteLineAsync($"Goes on with the rotation to {keys.Open.Newest.Record.Id}.");
        }
        else if (await keys.AddAsync(reencrypt, ct) is { } fault)
        {
            return fault;
        }

        var newest = keys.Open.Newest.Record;
        var values = 0;
        List<string> left = [];
        values += await PassAsync(newest, [], ct);
        if (newest.CreatedAt + FollowedAfter - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero)
        {
            await output.WriteLineAsync($"Waits until every running server seals with {newest.Id}.");
            await Task.Delay(wait, clock, ct);
        }

        // From now on nobody seals with the keys before it.
        values += await PassAsync(newest, left, ct);
        var now = clock.GetStoredNow();
        await changes.TryFinishAsync(newest.Id, VaultKeyEvents.RotatedTo(newest.Id, values, newest.Reencrypts, now), ct);
        await DeleteUnusedAsync(ct);
        await output.WriteLineAsync($"{newest.Id} seals now. {values} values were {(newest.Reencrypts ? "encrypted anew" : "wrapped anew")}.");
        return left.Count == 0 ? null : $"{left.Count} values do not open and stay as they are:{string.Concat(left.Take(MostNamed).Select(one => $"\n  {one}"))}";
    }

    /// <summary>Deletes each old generation that nothing names.</summary>
    public async Task DeleteUnusedAsync(CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        foreach (var old in keys.Open.Generations.SkipLast(1).Select(one => one.Record))
        {
            await changes.TryDeleteAsync(old.Id, now - KeptAfter, VaultKeyEvents.Of(VaultKeyEvents.Deleted, old.Id, now), ct);
        }
    }

    /// <summary>Every value that is not under the newest key; how many were brought there.</summary>
    private async Task<int> PassAsync(VaultKeyRecord newest, List<string> left, CancellationToken ct)
    {
        var values = 0;
        foreach (var column in SealedColumns.All)
        {
            var after = "";
            while (await changes.ReadAsync(column, newest.Id, after, PageSize, ct) is { Count: > 0 } page)
            {
                foreach (var (id, envelope) in page)
                {
                    values += await RenewAsync(column, id, envelope, newest.Reencrypts, left, ct) ? 1 : 0;
                }

                after = page[^1].Id;
            }
        }

        return values;
    }

    /// <summary>False when it did not open, or was saved anew meanwhile, which the next pass sees.</summary>
    private async Task<bool> RenewAsync(SealedColumn column, string id, string envelope, bool reencrypt, List<string> left, CancellationToken ct)
    {
        var place = column.PlaceOf(id);
        var opens = reencrypt ? seal.TryReencrypt(envelope, place, out var renewed, out var fault) : seal.TryRewrap(envelope, place, out renewed, out fault);
        if (!opens)
        {
            left.Add($"{place}: {fault}");
            return false;
        }

        return await changes.TryReplaceAsync(column, id, envelope, renewed!, ct);
    }
}
