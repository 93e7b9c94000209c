using AuthServer.Jose;

namespace AuthServer.Keys;

/// <summary>Opens the keys at start, before anything else needs them.</summary>
internal sealed class KeyStart(
    KeyDirectory directory, MasterKeySource master, KeyRecords records, KeyChanges changes, SigningKeyFiles files, KeyRing ring, TimeProvider time)
{
    /// <summary>What every new installation has.</summary>
    private static readonly JwsAlgorithm[] First = [JwsAlgorithm.ES256, JwsAlgorithm.RS256];

    /// <summary>Empty: the keys are open and published. Else a sentence for everything that stands in the way; the server must not start.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken ct)
    {
        try
        {
            return await OpenOrCreateAsync(ct);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Their messages name paths and nothing else.
            return [$"The keys in {directory.Root} cannot be opened: {error.Message}"];
        }
    }

    /// <summary>For commands that only verify: opens what there is and changes nothing. A sentence for each key that is missing.</summary>
    public async Task<IReadOnlyList<string>> OpenForReadingAsync(CancellationToken ct)
    {
        var lives = await records.ReadAsync(ct);
        return lives.Count == 0 ? []
            : await master.OpenAsync(mayCreate: false, ct) is { } fault ? [fault]
            : ring.Load(lives);
    }

    private async Task<IReadOnlyList<string>> OpenOrCreateAsync(CancellationToken ct)
    {
        var lives = await records.ReadAsync(ct);
        // Keys are created only together with a new database. It is new until it names keys: a first start that was cut short goes on here.
        var isNew = lives.Count == 0;
        if (isNew)
            directory.Create();
        var faults = directory.Faults().ToList();
        if (isNew && faults.Count > 0)
            return faults; // no key is made where others could read it
        if (await master.OpenAsync(mayCreate: isNew, ct) is { } fault)
            faults.Add(fault);
        if (!master.IsOpen)
            return [.. faults, .. Missing(lives)];
        if (isNew)
            await changes.ApplyAsync((schedule, keys, now) => schedule.Begin(keys, First, now), ct);
        faults.AddRange(ring.Load(await records.ReadAsync(ct)));
        // Only now: the schedule makes new keys, which a start that fails must not.
        return faults.Count > 0 ? faults : await ring.ReloadAsync(ct);
    }

    private IEnumerable<string> Missing(IReadOnlyList<KeyLife> lives)
    {
        var now = time.GetUtcNow();
        return lives.Where(life => life.IsLiveAt(now)).Select(files.FaultWithoutMasterKey).OfType<string>();
    }
}
