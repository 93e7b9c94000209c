using AuthServer.Languages;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Languages;

public sealed class KnownLanguagesTests
{
    private readonly KnownLanguages _known = new(["zh-Hant", "de", "pt-BR"]);

    [Theory]
    [InlineData("de", "de")]
    [InlineData("DE", "de")]
    [InlineData("de-CH-1996", "de")]
    [InlineData("fr de en", "de")]
    [InlineData("en de", "en")]
    [InlineData("en-US de", "en")]
    [InlineData("zh-hant-tw", "zh-Hant")]
    [InlineData("pt-br", "pt-BR")]
    [InlineData("de-x-private", "de")]
    public void The_first_wish_that_can_be_met_is_met_by_the_language_or_a_wider_one(string wishes, string tag) =>
        Assert.Equal(tag, _known.Choose(wishes.Split(' '))?.Tag);

    [Theory]
    [InlineData("fr")]
    [InlineData("pt")]
    [InlineData("*")]
    [InlineData("-")]
    [InlineData("de_DE")]
    [InlineData("../../etc")]
    [InlineData("")]
    public void Other_wishes_are_no_error(string wishes) => Assert.Null(_known.Choose(wishes.Split(' ')));

    [Fact]
    public void The_languages_are_those_whose_texts_lie_beside_the_server()
    {
        var folder = TempFolder.New();
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "it"));
            Directory.CreateDirectory(Path.Combine(folder, "no such language at all, and far too long"));
            foreach (var place in new[] { "fr", "ar", "en", "no such language at all, and far too long" })
            {
                File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, place)).FullName, "AuthServer.resources.dll"), "");
            }

            var known = KnownLanguages.OfInstallation(folder);
            Assert.Equal(["en", "ar", "fr"], known.All.Select(language => language.Tag));
            Assert.Equal("Français", known.All[2].OwnName);
            Assert.Equal("rtl", known.All[1].Direction);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void This_server_speaks_English_and_German() =>
        Assert.Equal(["en", "de"], KnownLanguages.OfInstallation(AppContext.BaseDirectory).All.Select(language => language.Tag));
}
