using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace AuthServer.Docs;

/// <summary>Tables that move within a frame of their own where they are wider than the screen, and have no empty cells for headings.</summary>
internal sealed class DocumentTables : HtmlObjectRenderer<Table>
{
    protected override void Write(HtmlRenderer renderer, Table obj)
    {
        var rows = obj.OfType<TableRow>().ToArray();
        renderer.EnsureLine();
        renderer.WriteLine("<div class=\"table-frame\" tabindex=\"0\"><table>");
        if (rows is [{ IsHeader: true } head, ..] && head.OfType<TableCell>().Any(HasText))
        {
            renderer.Write("<thead>");
            WriteRow(renderer, head);
            renderer.WriteLine("</thead>");
        }

        renderer.WriteLine("<tbody>");
        foreach (var row in rows.Where(row => !row.IsHeader))
        {
            WriteRow(renderer, row);
        }

        renderer.WriteLine("</tbody></table></div>");
    }

    private static void WriteRow(HtmlRenderer renderer, TableRow row)
    {
        renderer.Write("<tr>");
        foreach (var cell in row.OfType<TableCell>())
        {
            var (open, close) = row.IsHeader && HasText(cell) ? ("<th scope=\"col\">", "</th>") : ("<td>", "</td>");
            renderer.Write(open);
            renderer.ImplicitParagraph = true;
            renderer.WriteChildren(cell);
            renderer.ImplicitParagraph = false;
            renderer.Write(close);
        }

        renderer.WriteLine("</tr>");
    }

    private static bool HasText(TableCell cell) => cell.OfType<LeafBlock>().Any(block => block.Inline?.FirstChild is not null);
}
