using System.Globalization;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace AuthServer.Docs;

/// <summary>Headings with an address of their own, which a link beside them shows.</summary>
internal sealed class DocumentHeadings : HtmlObjectRenderer<HeadingBlock>
{
    protected override void Write(HtmlRenderer renderer, HeadingBlock obj)
    {
        var (level, id) = (obj.Level.ToString(CultureInfo.InvariantCulture), obj.GetAttributes().Id!);
        renderer.EnsureLine();
        renderer.Write("<h").Write(level).Write(" id=\"").Write(id).Write("\">");
        renderer.WriteLeafInline(obj);
        renderer.Write(" <a class=\"doc-anchor\" href=\"#").Write(id).Write("\" aria-label=\"Link to this heading\">#</a></h").Write(level).WriteLine(">");
    }
}
