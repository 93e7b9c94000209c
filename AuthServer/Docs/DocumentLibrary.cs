using System.Collections.Concurrent;
using System.Collections.Frozen;
using AuthServer.Docs.Errors;

namespace AuthServer.Docs;

/// <summary>The documentation as pages, each rendered once, when somebody first asks for it.</summary>
public sealed class DocumentLibrary
{
    /// <summary>The page at <c>/docs</c>; on disk the one that is shown for its folder.</summary>
    public const string Home = "README";

    /// <summary>The page that is made of the list in <see cref="ErrorList"/>.</summary>
    public const string Errors = "errors";

    private readonly ConcurrentDictionary<string, Lazy<Document>> _rendered = new(StringComparer.Ordinal);

    /// <summary>The names of all pages.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. DocumentFiles.Pages.Append(Errors).Order(StringComparer.Ordinal)];

    private static readonly Lazy<FrozenDictionary<string, string>> Titles = new(() => Names.ToFrozenDictionary(
        name => name, name => DocumentMarkdown.TitleOf(TextOf(name)), StringComparer.Ordinal));

    /// <summary>Null: there is no such page.</summary>
    public Document? Find(string name) => Names.Contains(name, StringComparer.Ordinal) ? _rendered.GetOrAdd(name, static name => new(() => Render(name))).Value : null;

    /// <summary>The title of a page, which renders nothing.</summary>
    public static string TitleOf(string name) => Titles.Value[name];

    private static Document Render(string name) => DocumentMarkdown.Render(TextOf(name));

    private static string TextOf(string name) => name == Errors ? ErrorPage.Write() : DocumentFiles.Read(name + ".md")!;
}
