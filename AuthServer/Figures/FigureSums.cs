namespace AuthServer.Figures;

/// <summary>An event of the trail, as far as it is counted.</summary>
/// <param name="Scope">Separated by spaces.</param>
/// <param name="Detail">A JSON object.</param>
public sealed record CountedEvent(
    string Id, DateTimeOffset At, string Type, string Outcome, string? ClientId, string? AgentId, string? OrganizationId, string? Reason, string? PolicyId, string? Scope, string? Detail);

/// <summary>What is to be added to the figures.</summary>
public sealed class FigureSums
{
    private const int LongestWord = 200;

    private readonly Dictionary<(string OrganizationId, string Kind, DateTimeOffset Hour, string Word), long> _counts = [];
    private readonly Dictionary<string, DateTimeOffset> _uses = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<(string OrganizationId, string Kind, DateTimeOffset Hour, string Word), long> Counts => _counts;

    /// <summary>When clients got their last tokens.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Uses => _uses;

    public bool IsEmpty => _counts.Count == 0 && _uses.Count == 0;

    public void Add(string organizationId, string kind, DateTimeOffset hour, string word, long count = 1)
    {
        var key = (organizationId, kind, hour, word.Length <= LongestWord ? word : word[..LongestWord]);
        _counts[key] = _counts.GetValueOrDefault(key) + count;
    }

    public void Use(string clientId, DateTimeOffset at)
    {
        if (_uses.GetValueOrDefault(clientId) < at)
        {
            _uses[clientId] = at;
        }
    }

    /// <summary>The hour that a moment is in.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    public static DateTimeOffset DayOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerDay), TimeSpan.Zero);
}
