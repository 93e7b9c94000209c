namespace AuthServer.Policies.Engine;

/// <summary>Strongest first: what comes earlier overrides what comes later.</summary>
public enum PolicyOutcome
{
    Denied,
    ApprovalRequired,
    Allowed,
}
