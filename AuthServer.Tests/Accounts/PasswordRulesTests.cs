using AuthServer.Accounts;

namespace AuthServer.Tests.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("short")]
    [InlineData("elevenchars")]
    [InlineData("")]
    public void A_password_of_fewer_than_12_characters_is_refused(string password) =>
        Assert.Equal("Use at least 12 characters.", Refuse(password));

    [Fact]
    public void A_password_of_256_characters_is_taken_and_one_more_is_refused()
    {
        var words = string.Concat(Enumerable.Range(0, 256).Select(i => (char)('a' + (i * i * 7 % 26))));

        Assert.Null(Refuse(words));
        Assert.NotNull(Refuse(words + "x"));
    }

    [Theory]
    [InlineData("password1234")]
    [InlineData("Password1234!")]
    [InlineData("P@ssw0rd2024!")]
    [InlineData("passwordpassword")]
    [InlineData("123456789012")]
    [InlineData("qwertyuiop123")]
    [InlineData("1qaz2wsx3edc4rfv")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abcabcabcabcabc")]
    [InlineData("iloveyou2023!!!")]
    [InlineData("Sommer2025!!!")]
    [InlineData("letmeinletmein")]
    [InlineData("zyxwvutsrqponm")]
    [InlineData("dragonmonkey12")]
    [InlineData("$unsh1ne$unsh1ne")]
    [InlineData("correcthorsebatterystaple")]
    public void A_common_one_is_refused(string password) => Assert.Contains("easy to guess", Refuse(password), StringComparison.Ordinal);

    [Theory]
    [InlineData("adalovelace1815")]
    [InlineData("Ada.Lovelace!!!")]
    [InlineData("ada@example.com")]
    [InlineData("lovelaceada123")]
    public void The_own_name_or_address_is_refused(string password) =>
        Assert.NotNull(PasswordRules.Refuse(password, "ada.lovelace@example.com", "Ada Lovelace"));

    [Theory]
    [InlineData("violet canyon under harbor 41")]
    [InlineData("kx7Qm2vTz9Lp")]
    [InlineData("wohnungstürschlossknarren")]
    [InlineData("съешь ещё этих мягких булок")]
    [InlineData("🦊🌋🧭🪁🧶🪴🛶🎻🧊🥁🪵🧲")]
    [InlineData("            a b c d e f g h")]
    public void A_long_one_that_is_not_common_is_taken_without_rules_of_composition(string password) => Assert.Null(Refuse(password));

    [Fact]
    public void The_longest_one_is_judged_in_no_time_to_speak_of()
    {
        foreach (var c in new[] { 'a', '1', ' ', 'é' })
        {
            _ = Refuse(new string(c, 256));
        }
    }

    private static string? Refuse(string password) => PasswordRules.Refuse(password, "ada@example.com", "Ada Lovelace");
}
