using AuthServer.Docs;

namespace AuthServer.Tests.Docs;

public sealed class DocumentMarkdownTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a <b onclick=x>b</b>")]
    [InlineData("| a | <i>b</i> |\n|---|---|\n| <img src=x> | d |")]
    public void Markup_is_text(string text)
    {
        var html = DocumentMarkdown.Render("# Title\n\n" + text).Html;

        Assert.DoesNotMatch("<(script|b|i|img)[ >]", html);
        Assert.Contains("&lt;", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[a](agents.md#stop-it)", "<a href=\"/docs/agents#stop-it\">a</a>")]
    [InlineData("[a](README.md)", "<a href=\"/docs\">a</a>")]
    [InlineData("[a](errors.md)", "<a href=\"/docs/errors\">a</a>")]
    [InlineData("[a](#b)", "<a href=\"#b\">a</a>")]
    [InlineData("[a](https://example.com/x.md)", "<a href=\"https://example.com/x.md\">a</a>")]
    [InlineData("see [`a` b](../SECURITY.md#c) now", "<p>see <code>a</code> b now</p>")]
    [InlineData("[a](javascript:alert(1))", "<p>a</p>")]
    public void Links_work_here_as_on_disk_or_are_text(string text, string expected) =>
        Assert.Contains(expected, DocumentMarkdown.Render("# Title\n\n" + text).Html, StringComparison.Ordinal);

    [Fact]
    public void The_first_heading_is_the_title_and_those_below_have_addresses()
    {
        var page = DocumentMarkdown.Render("# The `title` & more\n\n## Part one\n\n### Not listed\n\n## Part one\n");

        Assert.Equal("The title & more", page.Title);
        Assert.Equal([new DocumentPart("part-one", "Part one"), new DocumentPart("part-one-1", "Part one")], page.Parts);
        Assert.Contains("<h3 id=\"not-listed\">", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_has_no_empty_cells_for_headings_and_no_head_without_words()
    {
        var page = DocumentMarkdown.Render("# T\n\n| key | |\n|---|---|\n| a | b |\n\ntext\n\n| | |\n|---|---|\n| c | d |\n");

        Assert.Contains("<th scope=\"col\">key</th><td></td>", page.Html, StringComparison.Ordinal);
        Assert.Equal(2, page.Html.Split("<thead>").Length);
    }

    [Fact]
    public void Each_page_is_named_by_its_title() => Assert.All(DocumentLibrary.Names, name => Assert.Equal(new DocumentLibrary().Find(name)!.Title, DocumentLibrary.TitleOf(name)));

    [Fact]
    public void A_page_is_rendered_once()
    {
        var documents = new DocumentLibrary();

        Assert.Same(documents.Find("agents"), documents.Find("agents"));
    }
}
