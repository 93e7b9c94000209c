using AuthServer.Policies.Engine;

namespace AuthServer.Tests.Policies;

public sealed class PatternTests
{
    [Theory]
    [InlineData("email:send", "email:send", true)]
    [InlineData("email:send", "email:sendx", false)]
    [InlineData("email:send", "Email:send", false)]
    [InlineData("email:*", "email:send", true)]
    [InlineData("email:*", "email:folder:read", true)]
    [InlineData("email:*", "email", false)]
    [InlineData("email:*", "email:", false)]
    [InlineData("email:*", "email.send", false)]
    [InlineData("crm.*", "crm.contacts", true)]
    [InlineData("crm.*", "crm.contacts.read", true)]
    [InlineData("crm.*", "crm", false)]
    [InlineData("crm.*", "crmx.y", false)]
    [InlineData("crm.*", "crm:contacts", false)]
    [InlineData("*", "anything:at.all", true)]
    public void A_wildcard_of_actions_keeps_its_separator(string pattern, string action, bool covered) =>
        Assert.Equal(covered, Pattern.Action(pattern)!.Covers(action));

    [Theory]
    [InlineData("")]
    [InlineData("ema*")]
    [InlineData("email:*:send")]
    [InlineData("*:send")]
    [InlineData("**")]
    [InlineData("email:**")]
    [InlineData("email send")]
    [InlineData("email:\"send\"")]
    [InlineData("email:\\send")]
    [InlineData("émail:send")]
    [InlineData("email:send\n")]
    public void What_is_no_action_and_no_wildcard_of_actions_is_refused(string text) => Assert.Null(Pattern.Action(text));

    [Theory]
    [InlineData("/files", "/files", true)]
    [InlineData("/files", "/files/1", false)]
    [InlineData("/files*", "/files", true)]
    [InlineData("/files*", "/files/1/2", true)]
    [InlineData("/files*", "/file", false)]
    [InlineData("/files*", "/FILES/1", false)]
    [InlineData("*", "", true)]
    public void A_wildcard_of_resources_is_a_prefix(string pattern, string resource, bool covered) =>
        Assert.Equal(covered, Pattern.Resource(pattern)!.Covers(resource));

    [Theory]
    [InlineData("")]
    [InlineData("/files/*/read")]
    [InlineData("**")]
    [InlineData("/files\n")]
    public void What_is_no_resource_and_no_prefix_is_refused(string text) => Assert.Null(Pattern.Resource(text));

    [Fact]
    public void Overlong_patterns_are_refused()
    {
        Assert.NotNull(Pattern.Action(new string('a', 200)));
        Assert.Null(Pattern.Action(new string('a', 201)));
        Assert.NotNull(Pattern.Resource(new string('a', 400)));
        Assert.Null(Pattern.Resource(new string('a', 401)));
    }
}
