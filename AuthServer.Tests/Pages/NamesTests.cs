using AuthServer.Pages;

namespace AuthServer.Tests.Pages;

/// <summary>Names that others have chosen (negative-tests.md 20).</summary>
public sealed class NamesTests
{
    [Theory]
    [InlineData("Acme", "Acme")]
    [InlineData("Müller & Söhne", "Müller & Söhne")]
    [InlineData("مفكرة", "مفكرة")]
    [InlineData("👩‍🚀 Space", "👩‍🚀 Space")]
    [InlineData("Acme\u202Emoc.elgoog", "Acmemoc.elgoog")]
    [InlineData("Ac\u200Bme\u2066\u0007\r\n", "Acme")]
    public void Are_shown_without_what_turns_text_around_or_hides_in_it(string name, string shown) => Assert.Equal(shown, Names.Shown(name));

    [Theory]
    [InlineData("DELETE /files/\u202Efdp.exe", "DELETE /files/[U+202E]fdp.exe")]
    [InlineData("a\u200Bb\n", "a[U+200B]b[U+000A]")]
    [InlineData("مفكرة 👩‍🚀", "مفكرة 👩‍🚀")]
    public void What_is_decided_by_is_shown_whole_with_what_cannot_be_seen(string text, string shown) => Assert.Equal(shown, Names.Exact(text));

    [Fact]
    public void Are_cut_between_whole_characters()
    {
        var shown = Names.Shown(string.Concat(Enumerable.Repeat("👩‍🚀", 200)));

        Assert.EndsWith("👩‍🚀…", shown, StringComparison.Ordinal);
        Assert.True(shown.Length < 600);
    }

    [Theory]
    [InlineData("https://calendar.example/callback", "calendar.example", false)]
    [InlineData("https://xn--bcher-kva.example:8443/cb", "xn--bcher-kva.example:8443", false)]
    [InlineData("https://bücher.example/cb", "xn--bcher-kva.example", false)]
    [InlineData("http://127.0.0.1:7777/cb", "127.0.0.1:7777", true)]
    [InlineData("http://[::1]:7777/cb", "[::1]:7777", true)]
    [InlineData("com.example.app:/cb", "com.example.app", true)]
    [InlineData("https://\u00ad.example/cb", "?", false)]
    public void A_return_address_is_shown_in_letters_that_cannot_pose_as_others(string uri, string text, bool onThisDevice) =>
        Assert.Equal(new ReturnAddress(text, onThisDevice), ReturnAddress.Of(uri));
}
