using System.Text.Json;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Providers;

public sealed class ValuePathTests
{
    private static readonly JsonElement Answer = JsonElement.Parse(
        """
        {"id":7,"ok":true,"nothing":null,"empty":"","user":{"name":"Grace","team":null},"enterprise":{"id":"E1"},
         "mails":[{"email":"old@x","primary":false,"verified":true},{"email":"new@x","primary":true,"verified":true}],"list":[["a"],["b"]]}
        """);

    [Theory]
    [InlineData("id", "7")]
    [InlineData("ok", "true")]
    [InlineData("user.name", "Grace")]
    [InlineData("nothing", null)]
    [InlineData("user.team.id", null)]
    [InlineData("id.more", null)]
    [InlineData("absent", null)]
    [InlineData("user", null)]
    [InlineData("user.team || enterprise.id", "E1")]
    [InlineData("nothing||absent||id", "7")]
    [InlineData("mails[].email", "old@x")]
    [InlineData("mails[primary=true,verified=true].email", "new@x")]
    [InlineData("mails[primary=maybe].email", null)]
    [InlineData("user[].name", null)]
    public void A_path_leads_to_a_text_or_to_nothing(string path, string? text)
    {
        Assert.Null(ValuePath.Refuse(path));
        Assert.Equal(text, ValuePath.FindText(Answer, path));
    }

    [Fact]
    public void A_path_leads_to_all_elements()
    {
        Assert.Equal(["old@x", "new@x"], ValuePath.FindAll(Answer, "mails[].email").Select(ValuePath.Text));
        Assert.Equal("cloud", ValuePath.FindText(JsonElement.Parse("""[{"id":"cloud"}]"""), "[].id"));
        Assert.Empty(ValuePath.FindAll(JsonElement.Parse("[]"), "[]"));
        Assert.Empty(ValuePath.FindAll(null, "id"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a || ")]
    [InlineData("a[")]
    [InlineData("a[]b")]
    [InlineData("a[x]")]
    [InlineData("a[x=]")]
    [InlineData("a[[]]")]
    [InlineData("a]")]
    [InlineData("a=b")]
    [InlineData("a\n")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q")]
    public void What_is_no_path_is_refused_and_leads_to_nothing(string? path)
    {
        Assert.NotNull(ValuePath.Refuse(path));
        Assert.Null(ValuePath.FindText(Answer, path));
    }

    [Theory]
    [InlineData(200, """{"ok":true,"user":{"id":"U1"}}""", true)]
    [InlineData(201, """{"ok":true,"user":{"id":"U1"}}""", true)]
    [InlineData(200, """{"ok":true,"user":{"id":""}}""", false)]
    [InlineData(200, """{"ok":true,"user":{"id":null}}""", false)]
    [InlineData(200, """{"ok":true,"user":{"id":"U1"},"error":"bad"}""", false)]
    [InlineData(200, """{"ok":"yes","user":{"id":"U1"}}""", false)]
    [InlineData(200, "[]", false)]
    [InlineData(404, """{"ok":true,"user":{"id":"U1"}}""", false)]
    public void An_answer_fits_a_rule_when_all_that_it_says_holds(int status, string body, bool fits)
    {
        var rule = new AnswerRule { Present = ["user.id"], Absent = ["error"], Values = new Dictionary<string, IReadOnlyList<string>> { ["ok"] = ["true"] } };
        Assert.Equal(fits, rule.Fits(status, _ => null, JsonElement.Parse(body)));
    }

    [Fact]
    public void A_rule_can_ask_for_statuses_and_headers_alone()
    {
        var rule = new AnswerRule { Statuses = [403], Headers = new Dictionary<string, string> { ["x-ratelimit-remaining"] = "0", ["Retry-After"] = "*" } };
        Assert.True(rule.Fits(403, name => name == "Retry-After" ? "7" : "0", null));
        Assert.False(rule.Fits(403, name => name == "Retry-After" ? null : "0", null));
        Assert.False(rule.Fits(403, _ => "7", null));
        Assert.False(rule.Fits(429, _ => "0", null));
        Assert.False(new AnswerRule { Present = ["id"] }.Fits(200, _ => null, null));
        Assert.True(new AnswerRule { Absent = ["id"] }.Fits(204, _ => null, null));
    }
}
