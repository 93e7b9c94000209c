namespace AuthServer.Approvals;

/// <summary>An approval as whoever may see it does.</summary>
public sealed record ApprovalItem
{
    /// <summary><c>apr_…</c></summary>
    public required string Id { get; init; }

    public required ApprovalStatus Status { get; init; }

    public required string OrganizationId { get; init; }

    public required string AgentId { get; init; }

    public required string AgentName { get; init; }

    /// <summary>In whose name the agent acts; absent: its own.</summary>
    public string? UserId { get; init; }

    /// <summary>By their scopes.</summary>
    public required IReadOnlyList<ApprovalAction> Actions { get; init; }

    /// <summary>The API, or the connection and the account of the vault, where it is done.</summary>
    public string? ApiName { get; init; }

    /// <inheritdoc cref="ApiName"/>
    public string? ConnectionName { get; init; }

    /// <inheritdoc cref="ApiName"/>
    public string? AccountName { get; init; }

    public string? Method { get; init; }

    /// <summary>What is acted on: the path of a call through the vault, or the resource in the API's own words.</summary>
    public string? Target { get; init; }

    public decimal? Amount { get; init; }

    public string? Currency { get; init; }

    /// <summary>What else the API said of it.</summary>
    public IReadOnlyDictionary<string, string>? Details { get; init; }

    public required string PolicyId { get; init; }

    public required string PolicyName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when an answer is waited for, or holds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether it was approved for one time only; absent: it was not approved.</summary>
    public bool? Once { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Who answered; an agent is not told.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>What they said to it.</summary>
    public string? Note { get; init; }

    /// <summary>How often the agent has acted by it.</summary>
    public required int Uses { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>taken_back, party_stopped or void; absent: it has not ended, or its time is over.</summary>
    public string? EndReason { get; init; }

    /// <summary>The page on which it is answered.</summary>
    public required string Url { get; init; }

    /// <param name="url">Of the page.</param>
    /// <param name="isOfAgent">Whether the agent reads it.</param>
    internal static ApprovalItem Of(Approval row, string url, DateTimeOffset now, bool isOfAgent)
    {
        var shown = ApprovalShown.Read(row.Shown);
        return new ApprovalItem
        {
            Id = row.Id,
            Status = row.StatusAt(now),
            OrganizationId = row.OrganizationId,
            AgentId = row.AgentId,
            AgentName = shown.AgentName,
            UserId = row.UserId,
            Actions = shown.Actions,
            ApiName = shown.ApiName,
            ConnectionName = shown.ConnectionName,
            AccountName = isOfAgent ? null : shown.AccountName,
            Method = shown.Method,
            Target = shown.Target,
            Amount = shown.Amount,
            Currency = shown.Currency,
            Details = shown.Details.Count > 0 ? shown.Details : null,
            PolicyId = row.PolicyId,
            PolicyName = string.Join(", ", shown.PolicyNames),
            CreatedAt = row.CreatedAt,
            ExpiresAt = row.ExpiresAt,
            Once = row.DecidedAt is null || row.Status == ApprovalStatus.Denied ? null : row.Once,
            DecidedAt = row.DecidedAt,
            DecidedBy = isOfAgent ? null : row.DecidedBy,
            Note = row.Note,
            Uses = row.Uses,
            UsedAt = row.UsedAt,
            EndedAt = row.EndedAt,
            EndReason = row.EndReason,
            Url = url,
        };
    }
}

/// <summary>How somebody approves.</summary>
public sealed class ApproveBody
{
    /// <summary>once (the default), one_hour, eight_hours or one_day.</summary>
    public ApprovalDuration? Duration { get; set; }
}

/// <summary>How somebody says no.</summary>
public sealed class DenyBody
{
    /// <summary>For the agent and its developers; at most 500 characters.</summary>
    public string? Note { get; set; }
}
