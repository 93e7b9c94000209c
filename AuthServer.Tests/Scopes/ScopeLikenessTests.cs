using AuthServer.Scopes;

namespace AuthServer.Tests.Scopes;

public sealed class ScopeLikenessTests
{
    [Theory]
    [InlineData("email:read")]
    [InlineData("email.read")]
    [InlineData("Email:Read")]
    [InlineData("email_read")]
    [InlineData("e-mail/read")]
    [InlineData("emailread")]
    [InlineData(":email:read:")]
    public void Case_and_separators_do_not_make_a_difference(string name) => Assert.Equal("emailread", ScopeLikeness.Of(name));

    [Theory]
    [InlineData("emails:read")]
    [InlineData("email:read:2")]
    [InlineData("mail:read")]
    public void Letters_and_digits_do(string name) => Assert.NotEqual("emailread", ScopeLikeness.Of(name));
}
