using AuthServer.Protocol.Tokens;

namespace AuthServer.Tests.Protocol;

public sealed class ScopeWildcardsTests
{
    [Theory]
    [InlineData("crm.*", "crm.contacts")]
    [InlineData("crm.*", "crm.contacts.read")]
    [InlineData("crm.*", "crm.contacts.*")]
    [InlineData("crm.*", "crm.*")]
    [InlineData("crm.contacts.*", "crm.contacts.read")]
    [InlineData("email:*", "email:send")]
    [InlineData("github:repo:*", "github:repo:read")]
    [InlineData("https://api.example/auth/mail.*", "https://api.example/auth/mail.send")]
    [InlineData("crm.contacts", "crm.contacts")]
    public void A_granted_scope_covers_itself_and_a_granted_wildcard_what_is_below(string granted, string asked) =>
        Assert.True(ScopeWildcards.Covers(granted, asked));

    [Theory]
    [InlineData("crm.*", "crm")]
    [InlineData("crm.*", "crm.")]
    [InlineData("crm.*", "crmx.contacts")]
    [InlineData("crm.*", "CRM.contacts")]
    [InlineData("crm.*", "crm:contacts")]
    [InlineData("email:*", "email.send")]
    [InlineData("crm.*", "crm.contacts:read")]
    [InlineData("crm.*", "crm.contacts:*")]
    [InlineData("crm.*", "crm..read")]
    [InlineData("crm.*", "crm.contacts.")]
    [InlineData("crm.*", "crm.*.read")]
    [InlineData("crm.*", "crm.con*")]
    [InlineData("crm.*", "crm.**")]
    [InlineData("crm.contacts.*", "crm.*")]
    [InlineData("crm.contacts.*", "crm.deals.read")]
    [InlineData("*", "crm")]
    [InlineData("*", "crm.contacts")]
    [InlineData(".*", ".contacts")]
    [InlineData("crm*", "crm.contacts")]
    [InlineData("crm.con*", "crm.contacts")]
    [InlineData("crm.*.*", "crm.a.b")]
    [InlineData("*.*", "crm.contacts")]
    [InlineData("crm..*", "crm..contacts")]
    [InlineData("crm:.*", "crm:.contacts")]
    [InlineData("crm.contacts", "crm.contacts.read")]
    [InlineData("crm.contacts", "crm.*")]
    public void Nothing_else_is_covered(string granted, string asked) => Assert.False(ScopeWildcards.Covers(granted, asked));

    [Fact]
    public void Wildcards_become_the_known_scopes_below_them_once_and_others_stay() =>
        Assert.Equal(
            ["openid", "crm.a", "crm.a.b", "email:read", "crm.unknown"],
            ScopeWildcards.Resolve(["openid", "crm.*", "crm.a", "email:*", "none.*", "crm.unknown"], ["crm.a.b", "crm.a", "crm", "crm.x.*", "crm:a", "email:read", "email.read"]));
}
