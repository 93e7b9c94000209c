namespace AuthServer.Configuration;

/// <summary>The one-time link of an installation where nobody has an account yet.</summary>
public sealed class FirstStart
{
    /// <summary>Null when somebody is there, or an administrator is configured.</summary>
    public string? SetUpLink { get; set; }
}
