using AuthServer.Protocol.Delegation;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol.Delegation;

public sealed class DelegationScopesTests
{
    private static readonly Gen<string> Scopes = Gen.Elements(".", ".", ".", "a", "b", "A", "1", "-", "_", ":", "*", "~").ArrayOf(6).Select(string.Concat)
        .SelectMany(text => Gen.Elements(text, text + ".*", "a." + text, "a.b", "a.*", "a.b.*"));

    [Theory]
    [InlineData("crm.read")]
    [InlineData("crm.x-1.y_2")]
    [InlineData("crm.*")]
    [InlineData("crm.x.*")]
    [InlineData("openid")]
    [InlineData("User.Read")]
    [InlineData("email:send")]
    [InlineData("https://api.example/auth/mail.send")]
    [InlineData("a..b")]
    public void Literals_wildcards_and_opaque_scopes_are_valid(string scope) => Assert.True(DelegationScopes.IsValid(scope));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("crm*")]
    [InlineData("crm.re*")]
    [InlineData("crm.*.read")]
    [InlineData("crm.**")]
    [InlineData("email:*")]
    [InlineData("User.*")]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("crm.read\n")]
    [InlineData("é")]
    public void Nothing_else_is(string scope) => Assert.False(DelegationScopes.IsValid(scope));

    [Theory]
    [InlineData("crm.*", "crm.read")]
    [InlineData("crm.*", "crm.x.y.z")]
    [InlineData("crm.*", "crm.x.*")]
    [InlineData("crm.*", "crm.*")]
    [InlineData("User.Read", "User.Read")]
    public void A_scope_covers_itself_and_a_wildcard_what_is_below(string held, string asked) => Assert.True(DelegationScopes.Covers(held, asked));

    [Theory]
    [InlineData("crm.*", "crm")]
    [InlineData("crm.*", "crmx.read")]
    [InlineData("crm.*", "crm.Read")]
    [InlineData("crm.*", "crm.x:y")]
    [InlineData("crm.x.*", "crm.*")]
    [InlineData("crm.read", "crm.read.all")]
    [InlineData("crm.read", "crm.*")]
    [InlineData("user.read", "User.Read")]
    [InlineData("User.Read", "User.*")]
    [InlineData("email:send", "email:*")]
    public void And_nothing_else(string held, string asked) => Assert.False(DelegationScopes.Covers(held, asked));

    /// <summary>Against the draft's grammar read letter by letter, and its covering relation as a comparison of texts.</summary>
    [Fact]
    public void On_every_text_the_answer_is_the_grammars() =>
        Prop.ForAll(Gen.Two(Scopes).ToArbitrary(), pair =>
        {
            var (held, asked) = pair;
            var expected = Form(held) == 'w' ? Form(asked) is 'w' or 'l' && asked.StartsWith(held[..^1], StringComparison.Ordinal) : held == asked;
            Assert.Equal(Form(held) != ' ', DelegationScopes.IsValid(held));
            if (Form(held) != ' ' && Form(asked) != ' ')
            {
                Assert.Equal(expected, DelegationScopes.Covers(held, asked));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static char Form(string scope)
    {
        var segments = scope.Split('.');
        if (segments.Length > 1 && segments[..^1].All(IsSegment) && (segments[^1] == "*" || IsSegment(segments[^1])))
        {
            return segments[^1] == "*" ? 'w' : 'l';
        }

        return scope.Length > 0 && scope.All(c => c is > ' ' and <= '~' and not ('"' or '\\' or '*')) ? 'o' : ' ';
    }

    private static bool IsSegment(string text) => text.Length > 0 && text[0] is >= 'a' and <= 'z' && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '-');
}
