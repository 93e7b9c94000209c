using AuthServer.Policies.Engine;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Tests.Scopes;

public sealed class PredefinedScopesTests
{
    private static readonly string[] FurtherCategories = ["slack", "notion", "linear", "jira", "social", "cloud", "mcp", "vault"];

    [Theory]
    [InlineData("email:read", "email", RiskLevel.Standard)]
    [InlineData("email:send", "email", RiskLevel.High)]
    [InlineData("email:manage", "email", RiskLevel.High)]
    [InlineData("calendar:read", "calendar", RiskLevel.Low)]
    [InlineData("calendar:write", "calendar", RiskLevel.Standard)]
    [InlineData("github:repo:read", "github", RiskLevel.Standard)]
    [InlineData("github:repo:write", "github", RiskLevel.High)]
    [InlineData("github:pr:create", "github", RiskLevel.Standard)]
    [InlineData("github:pr:merge", "github", RiskLevel.Critical)]
    [InlineData("github:issues:write", "github", RiskLevel.Standard)]
    [InlineData("crm:contacts:read", "crm", RiskLevel.Standard)]
    [InlineData("crm:contacts:write", "crm", RiskLevel.Standard)]
    [InlineData("crm:deals:read", "crm", RiskLevel.Standard)]
    [InlineData("crm:deals:write", "crm", RiskLevel.High)]
    [InlineData("messaging:read", "messaging", RiskLevel.Standard)]
    [InlineData("messaging:send", "messaging", RiskLevel.High)]
    [InlineData("files:read", "files", RiskLevel.Standard)]
    [InlineData("files:write", "files", RiskLevel.High)]
    [InlineData("files:delete", "files", RiskLevel.Critical)]
    [InlineData("db:read", "database", RiskLevel.Standard)]
    [InlineData("db:write", "database", RiskLevel.High)]
    [InlineData("payments:read", "payments", RiskLevel.Standard)]
    [InlineData("payments:charge", "payments", RiskLevel.Critical)]
    [InlineData("profile:read", "profile", RiskLevel.Low)]
    [InlineData("profile:write", "profile", RiskLevel.Standard)]
    public void AgentGates_scopes_have_its_categories_and_risks(string name, string category, RiskLevel risk)
    {
        var line = PredefinedScopes.ByName[name];
        Assert.Equal((category, risk), (line.Category, line.Risk));
    }

    [Fact]
    public void AgentAuths_scopes_are_here_and_no_other_has_a_dot()
    {
        string[] expected =
        [
            .. new[] { "agents", "credentials", "policies", "delegations" }.SelectMany(what => new[] { "read", "write", "delete" }.Select(how => $"{what}.{how}")),
            "tokens.issue", "tokens.introspect", "tokens.revoke", "files.read", "files.write", "files.delete",
            "email.send", "email.read", "admin.full", "api.read", "api.write",
        ];
        Assert.Equal(23, expected.Length);
        Assert.Equal(expected.Order(StringComparer.Ordinal), PredefinedScopes.ByName.Keys.Where(name => name.Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_further_category_has_six_to_twelve_scopes_of_its_own_name_and_more_than_one_risk() =>
        Assert.All(FurtherCategories, category =>
        {
            var lines = PredefinedScopes.All.Where(line => line.Category == category).ToArray();
            Assert.InRange(lines.Length, 6, 12);
            Assert.All(lines, line => Assert.StartsWith($"{category}:", line.Name, StringComparison.Ordinal));
            Assert.InRange(lines.Select(line => line.Risk).Distinct().Count(), 2, 4);
        });

    [Fact]
    public void The_scopes_about_a_person_are_the_category_identity() =>
        Assert.Equal(ScopeNames.OfPeople, PredefinedScopes.All.Where(line => line.Category == "identity").Select(line => line.Name));

    [Fact]
    public void Every_scope_has_a_valid_name_and_words_for_people() => Assert.All(PredefinedScopes.All, line =>
    {
        Assert.Equal([line.Name], ScopeNames.Parse(line.Name)!);
        Assert.DoesNotContain('*', line.Name);
        Assert.Equal(ScopeOrigin.Predefined, line.Origin);
        Assert.Matches("^[a-z]{2,20}$", line.Category);
        Assert.Matches("^[A-Z][^.|]{5,59}[^.|,;: ]$", line.Title);
        Assert.Matches(@"^[A-Z][^.|]{15,118}\.$", line.Description);
        Assert.DoesNotMatch(@"(?i)\w[.:_]\w|\b(scope|oauth|token endpoint|endpoint|API)\b", line.Title + line.Description);
    });

    [Fact]
    public void No_two_scopes_say_the_same() =>
        Assert.Equal(PredefinedScopes.All.Count, PredefinedScopes.All.DistinctBy(line => line.Title).Count());

    [Fact]
    public void A_category_stands_in_one_place()
    {
        string[] categories = [.. PredefinedScopes.All.Select(line => line.Category)];
        Assert.Equal(categories.Distinct().Count(), categories.Where((category, i) => i == 0 || categories[i - 1] != category).Count());
    }
}
