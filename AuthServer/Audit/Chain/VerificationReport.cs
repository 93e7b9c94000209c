namespace AuthServer.Audit.Chain;

/// <summary>What a verification of the whole trail has found.</summary>
public sealed record VerificationReport
{
    /// <summary>Of these the command shows the first; a broken trail may have one for each record.</summary>
    public const int MostFaults = 100;

    public required long Events { get; init; }

    public required int Chains { get; init; }

    public required int Checkpoints { get; init; }

    /// <summary>Events of which only the place was kept.</summary>
    public required long Stubs { get; init; }

    /// <summary>Events whose personal values were erased.</summary>
    public required long Erased { get; init; }

    /// <summary>Events newer than any checkpoint of their chain: whether some are missing behind them, nobody can say.</summary>
    public required long Uncovered { get; init; }

    /// <summary>Those of them that should be under a checkpoint by now: their process was killed, or somebody else wrote them.</summary>
    public required long Overdue { get; init; }

    /// <summary>Checkpoints by keys that are no longer known, which no later checkpoint names either.</summary>
    public required int Unverifiable { get; init; }

    /// <summary>Whether a believed checkpoint vouches for anything, as it must unless the trail is only minutes long.</summary>
    public required bool IsVouchedFor { get; init; }

    /// <summary>In the order in which they were found, at most <see cref="MostFaults"/>.</summary>
    public required IReadOnlyList<ChainFault> Faults { get; init; }
}

/// <summary>A record that is not as it was written, or not where.</summary>
/// <param name="Record">An event's or checkpoint's id; null where there is no record: it is missing.</param>
/// <param name="What">Goes on a sentence that began with the record.</param>
public sealed record ChainFault(string? Record, string? Writer, long? Sequence, string What)
{
    public override string ToString() =>
        $"{Record ?? "(no record)"}{(Writer is null ? "" : $" (writer {Writer}, sequence {Sequence})")}: {What}";
}
