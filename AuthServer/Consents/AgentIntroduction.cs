namespace AuthServer.Consents;

/// <summary>An agent as it is introduced to a person who must decide about it.</summary>
/// <param name="Owner">The organization that answers for it.</param>
/// <param name="Before">What it has done for this person before; null: nothing yet.</param>
public sealed record AgentIntroduction(string Id, string Name, string? Description, string? HomepageUrl, string Owner, AgentHistory? Before);

/// <param name="Allowed">Of the latest thousand things it wanted to do, how many it was allowed.</param>
/// <param name="Refused">How many it was refused.</param>
public sealed record AgentHistory(int Allowed, int Refused, DateTimeOffset LastAt);
