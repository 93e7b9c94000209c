using System.Globalization;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AuthServer.Docs;

/// <summary>Makes a page of a document. What looks like HTML in it is shown as text.</summary>
internal static class DocumentMarkdown
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).DisableHtml().Build();

    public static Document Render(string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        var title = document.OfType<HeadingBlock>().First();
        document.Remove(title);
        DocumentLinks.Rewrite(document);
        var parts = document.OfType<HeadingBlock>().Where(heading => heading.Level == 2)
            .Select(heading => new DocumentPart(heading.GetAttributes().Id!, TextOf(heading.Inline!))).ToArray();
        foreach (var wide in document.Descendants().Where(block => block is CodeBlock || IsPicture(block)))
        {
            // It may be wider than the screen: keys move what has the focus.
            wide.GetAttributes().AddProperty("tabindex", "0");
            wide.GetAttributes().AddClass(wide is CodeBlock ? "doc-code" : "doc-picture");
        }

        return new Document(TextOf(title.Inline!), Write(document), parts);
    }

    /// <summary>The first line, without its marks.</summary>
    public static string TitleOf(string text) => text[..text.IndexOf('\n', StringComparison.Ordinal)].TrimStart('#').Replace("`", "", StringComparison.Ordinal).Trim();

    private static string Write(MarkdownDocument document)
    {
        using var html = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(html);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.FindExact<CodeBlockRenderer>()!.OutputAttributesOnPre = true;
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlTableRenderer>(new DocumentTables());
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new DocumentHeadings());
        renderer.Render(document);
        return html.ToString();
    }

    private static bool IsPicture(MarkdownObject block) => block is ParagraphBlock { Inline: { FirstChild: LinkInline { IsImage: true } first } inline } && first == inline.LastChild;

    private static string TextOf(ContainerInline inline) => string.Concat(inline.Descendants().Select(part => part switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        _ => "",
    }));
}
