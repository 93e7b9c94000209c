using System.Net;
using AuthServer.Policies.Engine;

namespace AuthServer.Policies.AuthZen;

/// <summary>The parts of a question; the one that is searched for is not given.</summary>
public enum AccessPart
{
    None,
    Subject,
    Action,
    Resource,
}

/// <summary>May this subject do this to that? (AuthZEN §5)</summary>
public sealed record AccessQuestion
{
    /// <summary><c>agent</c> or <c>user</c>; nobody else acts here.</summary>
    public required string SubjectType { get; init; }

    public string? SubjectId { get; init; }

    /// <summary>The agent, for a subject that is a user.</summary>
    public string? AgentId { get; init; }

    /// <summary>The person whom it acts for, for a subject that is an agent. Null: for itself.</summary>
    public string? UserId { get; init; }

    /// <summary>A scope.</summary>
    public string? Action { get; init; }

    public required string ResourceType { get; init; }

    public string? ResourceId { get; init; }

    public IPAddress? Address { get; init; }

    public decimal? Amount { get; init; }

    public string? Currency { get; init; }

    public string? ActionId { get; init; }

    public (string? Agent, string? User) Parties => SubjectType switch
    {
        AccessSubjects.Agent => (SubjectId, UserId),
        AccessSubjects.User => (AgentId, SubjectId),
        _ => (null, null),
    };

    /// <summary>With what the place says of the request.</summary>
    public PolicyInput Complete(PolicyInput input) => input with
    {
        Resource = ResourceId is null ? null : ResourceName(ResourceType, ResourceId),
        Address = Address,
        Amount = Amount,
        Currency = Currency,
    };

    /// <summary>As policies name it: <c>document:123</c>. What is of the type <c>path</c> is named by its path alone.</summary>
    public static string ResourceName(string type, string id) => type == AccessSubjects.Path ? id : $"{type}:{id}";
}

internal static class AccessSubjects
{
    public const string Agent = "agent";
    public const string User = "user";
    public const string Path = "path";
}
