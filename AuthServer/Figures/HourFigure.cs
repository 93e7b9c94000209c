namespace AuthServer.Figures;

/// <summary>How often something happened in an hour.</summary>
public sealed class HourFigure
{
    /// <summary><c>acct_…</c>; empty: the whole installation.</summary>
    public string OrganizationId { get; set; } = "";

    /// <summary>What is counted: one of <see cref="FigureKinds"/>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>When the hour began.</summary>
    public DateTimeOffset Hour { get; set; }

    /// <summary>Which of them: a grant, a reason, an agent's id.</summary>
    public string Word { get; set; } = "";

    public long Count { get; set; }
}

/// <summary>What is counted by the hour.</summary>
public static class FigureKinds
{
    /// <summary>Answers to whether something may be done: <c>success</c> or <c>denied</c>.</summary>
    public const string Decisions = "decisions";

    /// <summary>Tokens, by the grant they came by.</summary>
    public const string Tokens = "tokens";

    /// <summary>Tokens, by the highest risk of what they allow.</summary>
    public const string Risks = "risks";

    /// <summary>What was denied, by its reason.</summary>
    public const string Reasons = "reasons";

    /// <summary>What policies denied, by the policy.</summary>
    public const string Policies = "policies";

    /// <summary>Tokens and decisions, by agent.</summary>
    public const string Agents = "agents";

    /// <summary>Answers by how long they took: an area, a space, and the place among the bounds.</summary>
    public const string Latency = "latency";
}

/// <summary>How far the trail has been counted.</summary>
public sealed class FigureProgress
{
    public const int Only = 1;

    public int Id { get; set; } = Only;

    /// <summary>The id of the trail up to which everything was counted.</summary>
    public string ReadTo { get; set; } = "";
}

/// <summary>When a client got its last token.</summary>
public sealed class ClientUse
{
    public string ClientId { get; set; } = "";

    public DateTimeOffset LastAt { get; set; }
}
