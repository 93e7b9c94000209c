using AuthServer.Languages;

namespace AuthServer.Tests.Languages;

public sealed class SentenceTests
{
    private static readonly Language German = Language.Of("de");

    [Fact]
    public void A_sentence_is_English_for_programs_and_in_the_language_of_whoever_reads_it()
    {
        var sentence = Sentence.Of("Use a number from {0} to {1}.", 1, 3000);
        Assert.Equal("Use a number from 1 to 3000.", sentence.ToString());
        Assert.Equal("Geben Sie eine Zahl von 1 bis 3.000 an.", sentence.In(German));
        Assert.Equal("Use a number from 1 to 3,000.", sentence.In(Language.English));
    }

    [Fact]
    public void A_sentence_within_another_is_said_in_the_same_language()
    {
        Sentence inner = "Choose one of these.";
        var sentence = Sentence.Of("{0}: {1}", "settings.timeout", inner);
        Assert.Equal("settings.timeout: Choose one of these.", sentence.ToString());
        Assert.StartsWith("settings.timeout: Wählen Sie", sentence.In(German), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_sent_is_never_read_as_a_place()
    {
        Sentence plain = "{0} stands there as it was sent.";
        Assert.Equal("{0} stands there as it was sent.", plain.In(German));
        Assert.Equal("{1} has no such field.", Sentence.Of("{0} has no such field.", "{1}").ToString());
        Sentence? none = (string?)null;
        Assert.Null(none);
    }
}
