namespace AuthServer.Policies.Engine;

/// <summary>How much harm a scope can do in the wrong hands, least first.</summary>
public enum RiskLevel
{
    Low,
    Standard,
    High,
    Critical,
}
