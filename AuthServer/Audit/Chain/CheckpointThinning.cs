namespace AuthServer.Audit.Chain;

/// <summary>Old checkpoints that say nothing that a later one does not say too, and go.</summary>
/// <param name="Deleted">Their ids, ascending.</param>
/// <param name="Previous">What they named that stays, each with its hash: else nobody would vouch for it or miss it any more.</param>
public sealed record CheckpointThinning(IReadOnlyList<string> Deleted, IReadOnlyDictionary<string, string> Previous)
{
    /// <param name="before">Only those with lesser ids.</param>
    /// <param name="most">How many go at once.</param>
    public static IEnumerable<CheckpointThinning> Plan(IReadOnlyCollection<Checkpoint> believed, string before, int most)
    {
        var left = believed.ToDictionary(checkpoint => checkpoint.Id, StringComparer.Ordinal);
        foreach (var ids in Unneeded(believed, before).Chunk(most))
        {
            var gone = ids.Select(id => left[id]).ToList();
            gone.ForEach(checkpoint => left.Remove(checkpoint.Id));
            yield return new CheckpointThinning(
                ids, gone.SelectMany(checkpoint => checkpoint.Previous).Where(named => left.ContainsKey(named.Key)).DistinctBy(named => named.Key).ToDictionary());
        }
    }

    private static List<string> Unneeded(IEnumerable<Checkpoint> believed, string before)
    {
        HashSet<string> named = [];
        List<string> unneeded = [];
        var complete = false;
        foreach (var checkpoint in believed.OrderByDescending(checkpoint => checkpoint.Id, StringComparer.Ordinal))
        {
            var says = checkpoint.Pruned is not null || (checkpoint.CompleteUntil is not null && !complete);
            complete |= checkpoint.CompleteUntil is not null;
            foreach (var writer in checkpoint.Heads.Keys)
            {
                says |= named.Add(writer);
            }

            if (!says && string.CompareOrdinal(checkpoint.Id, before) < 0)
            {
                unneeded.Add(checkpoint.Id);
            }
        }

        unneeded.Reverse();
        return unneeded;
    }
}
