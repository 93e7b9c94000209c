namespace AuthServer.Pages.Portal;

/// <summary>Something that is shown this once: to be copied, or taken away as a file.</summary>
/// <param name="Page">The page's address, which gives the file.</param>
/// <param name="File">How the file is called.</param>
public sealed record ShownSecret(CodeBlock Code, string Page, string File)
{
    /// <summary>What is in the file; left out: what is shown.</summary>
    public string? Content { get; init; }

    /// <summary>A name as a part of a file's.</summary>
    public static string FileOf(string name, string extension)
    {
        var letters = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(40)]).Trim('-');
        return (letters.Length > 0 ? letters : "secret") + extension;
    }

    /// <summary>A record prints its members; the secret is not for printing.</summary>
    public override string ToString() => File;
}
