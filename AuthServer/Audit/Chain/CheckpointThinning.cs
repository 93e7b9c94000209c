namespace AuthServer.Audit.Chain;

/// <summary>Which old checkpoints say nothing that a later one does not say too.</summary>
public static class CheckpointThinning
{
    /// <param name="before">Only those with lesser ids.</param>
    /// <returns>Their ids, ascending.</returns>
    public static IReadOnlyList<string> Unneeded(IEnumerable<Checkpoint> believed, string before)
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
