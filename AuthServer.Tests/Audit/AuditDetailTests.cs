using System.Text.Json;
using AuthServer.Audit;

namespace AuthServer.Tests.Audit;

/// <summary>What callers send to be told to the trail: the secrets in it stay out.</summary>
[Trait("negative", "46")]
public sealed class AuditDetailTests
{
    [Theory]
    [InlineData("token")]
    [InlineData("access_token")]
    [InlineData("AccessToken")]
    [InlineData("ACCESS-TOKEN")]
    [InlineData("x.client.secret")]
    [InlineData("Password")]
    [InlineData("pass_word")]
    [InlineData("Authorization")]
    [InlineData("X-Api-Key")]
    [InlineData("private key")]
    [InlineData("Set-Cookie")]
    [InlineData("code")]
    [InlineData("client_assertion")]
    [InlineData("credentials")]
    [InlineData("code_verifier")]
    public void A_member_that_sounds_like_a_secret_is_hidden(string name)
    {
        Assert.Equal("***", Mask(new() { [name] = "value" }).GetProperty(name).GetString());
        Assert.Equal("***", Mask(new() { [name] = new { inner = "value" } }).GetProperty(name).GetString());
        Assert.Equal("***", Mask(new() { ["list"] = new object[] { new Dictionary<string, object> { [name] = 7 } } }).GetProperty("list")[0].GetProperty(name).GetString());
    }

    [Theory]
    [InlineData("ag_abcdefghijkl", "***")]
    [InlineData("my key is ags_abcdefghijkl.", "my key is ***.")]
    [InlineData("ak_live_abcdefgh", "***")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "***")]
    [InlineData("Bearer abcdefghijklmnop", "***")]
    [InlineData("https://ada:hunter22@example.com/x", "https://***example.com/x")]
    [InlineData("https://example.com/?a=1&access_token=abc&b=2", "https://example.com/?a=1&access_token=***&b=2")]
    [InlineData("/callback#code=abc", "/callback#code=***")]
    [InlineData("please send the report", "please send the report")]
    [InlineData("agt_01hzx agents", "agt_01hzx agents")]
    public void A_value_that_looks_like_a_secret_is_hidden_wherever_it_stands(string value, string expected) =>
        Assert.Equal(expected, Mask(new() { ["note"] = value }).GetProperty("note").GetString());

    [Fact]
    public void What_is_no_secret_stays_as_it_is()
    {
        const string metadata = """{"to":"bob@example.com","count":3,"ratio":0.5,"ok":true,"none":null,"list":[1,"two",{"three":3}]}""";
        Assert.Equal(metadata, AuditDetail.Mask(JsonElement.Parse(metadata)));
    }

    [Theory]
    [InlineData(480)]
    [InlineData(495)]
    [InlineData(499)]
    public void A_secret_that_the_cut_goes_through_is_hidden_whole(int before)
    {
        var shown = Mask(new() { ["note"] = new string(' ', before) + "ags_" + new string('q', 300) + " and the rest" }).GetProperty("note").GetString()!;
        Assert.DoesNotContain('q', shown);
        Assert.InRange(shown.Length, 1, 501);
    }

    [Fact]
    public void Depth_length_and_number_are_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 60);
        Assert.InRange(AuditDetail.Mask(JsonElement.Parse(deep)).Length, 1, 60);

        var wide = JsonSerializer.SerializeToElement(Enumerable.Range(0, 5000).ToDictionary(i => $"name{i}", _ => new string('x', 5000)));
        Assert.InRange(AuditDetail.Mask(wide).Length, 1, 8192);
        var nested = JsonSerializer.SerializeToElement(Enumerable.Repeat(Enumerable.Repeat(Enumerable.Repeat(new string('y', 600), 40), 40), 40));
        Assert.InRange(AuditDetail.Mask(nested).Length, 1, 10_000);
        var number = JsonElement.Parse($"{{\"n\":{new string('9', 5000)}}}");
        Assert.InRange(AuditDetail.Mask(number).Length, 1, 60);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("\"\\u0000\"")]
    [InlineData("[]")]
    [InlineData("7")]
    public void Strange_metadata_becomes_json_all_the_same(string metadata) => JsonDocument.Parse(AuditDetail.Mask(JsonElement.Parse(metadata))).Dispose();

    private static JsonElement Mask(Dictionary<string, object> metadata) => JsonElement.Parse(AuditDetail.Mask(JsonSerializer.SerializeToElement(metadata)));
}
