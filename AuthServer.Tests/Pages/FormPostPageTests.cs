using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AuthServer.Pages.Forms;

namespace AuthServer.Tests.Pages;

/// <summary>OAuth 2.0 Form Post Response Mode (negative-tests.md 9).</summary>
public sealed class FormPostPageTests
{
    [Theory]
    [InlineData("xyz")]
    [InlineData("\"><script>alert(1)</script>")]
    [InlineData("' onfocus='alert(1)' autofocus='")]
    [InlineData("&quot;&amp;\u00A0</form><form action=//evil.example>")]
    [InlineData("Ünïcödé \u202E 🗓️")]
    public void Every_value_arrives_as_it_was_and_as_nothing_else(string value)
    {
        var page = new HtmlParser().ParseDocument(FormPostPage.Render("https://client.example/cb?a=1&b=\"2\"", [new("state", value), new(value, "x")]));

        var form = Assert.IsAssignableFrom<IHtmlFormElement>(Assert.Single(page.Forms));
        Assert.Equal("post", form.Method);
        Assert.Equal("https://client.example/cb?a=1&b=\"2\"", form.GetAttribute("action"));
        var fields = form.QuerySelectorAll("input").ToArray();
        Assert.Equal(2, fields.Length);
        Assert.Equal(value, fields[0].GetAttribute("value"));
        Assert.Equal(value, fields[1].GetAttribute("name"));
        Assert.Equal("/form-post.js", Assert.Single(page.Scripts).GetAttribute("src"));
    }
}
