namespace AuthServer.Consents;

/// <summary>An agent as it is introduced to a person who must decide about it.</summary>
/// <param name="Owner">The organization that answers for it.</param>
/// <param name="Before">What it has done for this person lately; null: nothing.</param>
/// <param name="IsNew">It has done nothing for this person at all.</param>
public sealed record AgentIntroduction(string Id, string Name, string? Description, string? HomepageUrl, string Owner, AgentHistory? Before, bool IsNew);

/// <param name="Allowed">Of what it wanted to do among the person's latest 2000 events, how much it was allowed.</param>
/// <param name="Refused">How many it was refused.</param>
public sealed record AgentHistory(int Allowed, int Refused, DateTimeOffset LastAt);
