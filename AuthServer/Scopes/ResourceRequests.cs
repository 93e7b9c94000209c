namespace AuthServer.Scopes;

/// <summary>A protected API to register.</summary>
public sealed class NewResource
{
    /// <summary>https, or http on loopback; as browsers write it.</summary>
    public string? Url { get; set; }

    /// <summary>The host when absent.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Known scopes that it understands; when absent or empty, any.</summary>
    public IReadOnlyList<string>? Scopes { get; set; }

    /// <summary>Client ids of the organization, other than its own, that may introspect its tokens.</summary>
    public IReadOnlyList<string>? Introspectors { get; set; }
}

/// <summary>What is to change of a protected API; what is absent stays.</summary>
public sealed class ResourceChange
{
    public string? DisplayName { get; set; }

    public IReadOnlyList<string>? Scopes { get; set; }

    public IReadOnlyList<string>? Introspectors { get; set; }
}
