using AuthServer.Protocol.Authorize;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol;

public sealed class ClaimsRequestTests
{
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ":", ",", "null", "true", "1", "\"id_token\"", "\"userinfo\"", "\"sub\"", "\"acr\"", "\"essential\"", "\"value\"", "\"values\"", "{\"id_token\":{", "}}"];

    [Fact]
    public void Nothing_asks_for_nothing()
    {
        Assert.Same(ClaimsRequest.Empty, ClaimsRequest.Parse(null).Value);
        Assert.Empty(ClaimsRequest.Parse("{}").Value!.IdToken);
        Assert.Empty(ClaimsRequest.Parse("""{"id_token":null,"other":{"a":1}}""").Value!.UserInfo);
    }

    [Fact]
    public void Known_claims_are_read_where_they_stand_and_unknown_ones_ignored()
    {
        var claims = ClaimsRequest.Parse("""{"id_token":{"email":null,"unknown":null},"userinfo":{"name":{"essential":true},"http://example.com/x":null}}""").Value!;
        Assert.Equal(["email"], claims.IdToken);
        Assert.Equal(["name"], claims.UserInfo);
    }

    [Fact]
    public void A_person_may_be_named_and_an_essential_context_required()
    {
        var claims = ClaimsRequest.Parse("""{"id_token":{"sub":{"value":"usr_1"},"acr":{"essential":true,"values":["a","b"]}}}""").Value!;
        Assert.Equal("usr_1", claims.RequiredSubject);
        Assert.Equal(["a", "b"], claims.EssentialAcr);
        Assert.Empty(ClaimsRequest.Parse("""{"id_token":{"acr":{"values":["a"]}}}""").Value!.EssentialAcr);
        Assert.Empty(ClaimsRequest.Parse("""{"id_token":{"acr":{"essential":"true","values":["a"]}}}""").Value!.EssentialAcr);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"id_token\"")]
    [InlineData("""{"id_token":[]}""")]
    [InlineData("""{"id_token":"email"}""")]
    [InlineData("""{"userinfo":{"email":true}}""")]
    [InlineData("""{"userinfo":{"email":["x"]}}""")]
    [InlineData("{\"id_token\":")]
    [InlineData("""{"id_token":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}}}""")]
    public void What_is_no_such_object_is_an_invalid_request(string parameter) => Assert.Equal("invalid_request", ClaimsRequest.Parse(parameter).Error?.Code);

    [Fact]
    public void An_endless_one_is_refused_unread() =>
        Assert.Equal("invalid_request", ClaimsRequest.Parse("{\"id_token\":{\"" + new string('x', 9000) + "\":null}}").Error?.Code);

    [Fact]
    public void No_text_makes_it_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary(), text => ClaimsRequest.Parse(text) is { } result && result.Value is null == result.Error is not null));
}
