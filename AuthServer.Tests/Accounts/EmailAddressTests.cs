using AuthServer.Accounts;

namespace AuthServer.Tests.Accounts;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("  ada+tag@sub.example.com ")]
    [InlineData("müller@bücher.example")]
    [InlineData("o'brien@localhost")]
    public void An_address_is_taken_without_its_spaces(string typed) => Assert.Equal(typed.Trim(), EmailAddress.Read(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("@example.com")]
    [InlineData("ada@")]
    [InlineData("a@b@example.com")]
    [InlineData("ada lovelace@example.com")]
    [InlineData("ada\u0000@example.com")]
    [InlineData("ada\u202E@example.com")]
    [InlineData("ada\u200B@example.com")]
    [InlineData("ada@example..com")]
    [InlineData("ada@.example.com")]
    [InlineData("ada@example.com.")]
    [InlineData("<ada@example.com>")]
    [InlineData("ada@example.com,bob@example.com")]
    public void What_no_mail_could_reach_is_not(string? typed) => Assert.Null(EmailAddress.Read(typed));

    [Fact]
    public void Half_of_a_surrogate_pair_is_not() => Assert.Null(EmailAddress.Read("ada\uD83D@example.com"));

    [Fact]
    public void An_endless_one_is_not() => Assert.Null(EmailAddress.Read(new string('a', 300) + "@example.com"));
}
