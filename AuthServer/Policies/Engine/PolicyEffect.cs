namespace AuthServer.Policies.Engine;

public enum PolicyEffect
{
    /// <summary>Where it applies, each of its rules must hold. It grants nothing.</summary>
    Allow,

    /// <summary>Where it applies and all its rules hold, the request is denied.</summary>
    Deny,
}
