using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AuthServer.Docs;

/// <summary>Links that work on disk, made to work on the server. Those to files that the server does not hold become plain text.</summary>
internal static class DocumentLinks
{
    private const string Ending = ".md";

    public static void Rewrite(MarkdownDocument document)
    {
        foreach (var link in document.Descendants<LinkInline>().ToArray())
        {
            if (AddressOf(link.Url ?? "") is { } address)
            {
                link.Url = address;
            }
            else
            {
                Unwrap(link);
            }
        }
    }

    /// <summary>The address of a page of ours, where a link leads to one; null: it leads nowhere here.</summary>
    private static string? AddressOf(string target)
    {
        if (target.StartsWith('#') || target.StartsWith("https://", StringComparison.Ordinal) || target.StartsWith("http://", StringComparison.Ordinal))
        {
            return target;
        }

        var (path, part) = target.IndexOf('#', StringComparison.Ordinal) is var at and >= 0 ? (target[..at], target[at..]) : (target, "");
        return path == DocumentLibrary.Home + Ending ? "/docs" + part
            : path.EndsWith(Ending, StringComparison.Ordinal) && DocumentLibrary.Names.Contains(path[..^Ending.Length]) ? $"/docs/{path[..^Ending.Length]}{part}"
            : DocumentFiles.Contains(path) ? "/docs/" + path
            : null;
    }

    private static void Unwrap(LinkInline link)
    {
        while (link.FirstChild is { } child)
        {
            child.Remove();
            link.InsertBefore(child);
        }

        link.Remove();
    }
}
