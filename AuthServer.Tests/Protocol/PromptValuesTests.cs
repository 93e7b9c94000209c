using AuthServer.Protocol.Authorize;

namespace AuthServer.Tests.Protocol;

[Trait("negative", "11")]
public sealed class PromptValuesTests
{
    [Theory]
    [InlineData(null, Prompts.Default)]
    [InlineData("none", Prompts.None)]
    [InlineData("login", Prompts.Login)]
    [InlineData("consent login", Prompts.Consent | Prompts.Login)]
    [InlineData("select_account  consent", Prompts.SelectAccount | Prompts.Consent)]
    [InlineData("login login", Prompts.Login)]
    public void Known_values_are_read(string? list, Prompts expected)
    {
        Assert.Null(PromptValues.TryParse(list, out var prompts));
        Assert.Equal(expected, prompts);
    }

    [Theory]
    [InlineData("none login")]
    [InlineData("consent none")]
    [InlineData("None")]
    [InlineData("create")]
    [InlineData("login,consent")]
    [InlineData("login\tconsent")]
    public void None_stands_alone_and_unknown_values_are_refused(string list) => Assert.Equal("invalid_request", PromptValues.TryParse(list, out _)?.Code);
}
