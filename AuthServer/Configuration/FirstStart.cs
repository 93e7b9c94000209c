namespace AuthServer.Configuration;

/// <summary>The one-time link of an installation that nobody administers yet.</summary>
public sealed class FirstStart
{
    /// <summary>Null when somebody does, or an administrator is configured.</summary>
    public string? SetUpLink { get; set; }
}
