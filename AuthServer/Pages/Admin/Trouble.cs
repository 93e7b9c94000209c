namespace AuthServer.Pages.Admin;

/// <summary>Something that an administrator should look at.</summary>
/// <param name="Link">Where; null: it is mended elsewhere.</param>
public sealed record Trouble(TroubleLook Look, string Title, string Words, string? Link, string? LinkText);

/// <summary>How bad it is.</summary>
public enum TroubleLook
{
    /// <summary>Something does not work.</summary>
    Broken,

    /// <summary>Something is about to fail, or fails for some.</summary>
    Warning,

    /// <summary>It works, and should not be left so.</summary>
    Notice,
}
