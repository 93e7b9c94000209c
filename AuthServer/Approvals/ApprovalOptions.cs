namespace AuthServer.Approvals;

/// <summary>What people are asked to approve.</summary>
public sealed class ApprovalOptions
{
    /// <summary>How long an answer is waited for; so long a denial stands too.</summary>
    /// <remarks>Refused: less than a minute, more than 30 days.</remarks>
    public TimeSpan Wait { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How soon after it an approval for one time must be used.</summary>
    /// <remarks>Refused: less than ten seconds, more than a day.</remarks>
    public TimeSpan UseWithin { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many questions of one agent may wait.</summary>
    /// <remarks>Refused: less than 1, more than 1000.</remarks>
    public int MostWaiting { get; set; } = 20;
}
