namespace AuthServer.Policies.Engine;

/// <summary>How much harm a wrong use of a scope can do.</summary>
public enum RiskLevel
{
    Low,
    Standard,
    High,
    Critical,
}
