using ModelContextProtocol.Protocol;

namespace AuthServer.Mcp;

/// <summary>What models and people read of a tool.</summary>
internal sealed record ToolText(string Name, string Title, string Description);

/// <summary>What a call does to the world: hints for hosts that ask their person first.</summary>
internal sealed record ToolKind(bool ReadsOnly, bool Destroys, bool Repeats)
{
    /// <summary>Changes nothing.</summary>
    public static ToolKind Reads { get; } = new(true, false, true);

    /// <summary>Makes something new each time.</summary>
    public static ToolKind Makes { get; } = new(false, false, false);

    /// <summary>Makes something new, and ends what was.</summary>
    public static ToolKind Replaces { get; } = new(false, true, false);

    /// <summary>Ends something; ending it again changes nothing.</summary>
    public static ToolKind Ends { get; } = new(false, true, true);

    public ToolAnnotations Annotate(string title) => new()
    {
        Title = title,
        ReadOnlyHint = ReadsOnly,
        DestructiveHint = Destroys,
        IdempotentHint = Repeats,
        OpenWorldHint = false,
    };
}
