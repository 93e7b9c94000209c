using System.Text;
using AuthServer.Jose;

namespace AuthServer.Tests.Jose;

public class JwtClaimsTests
{
    [Fact]
    public void Claims_are_read_by_name_and_type()
    {
        var claims = Parse("""{"sub":"usr_ä\n\u00e9","n":-7,"big":9223372036854775808,"yes":true,"no":false,"nil":null,"a\/b":"c","act":{"sub":"agt_1"},"amr":["pwd","otp"]}""");

        Assert.True(claims.TryGetString("sub", out var sub) && sub == "usr_ä\né");
        Assert.True(claims.StringEquals("sub", "usr_ä\né"));
        Assert.True(claims.TryGetLong("n", out var n) && n == -7);
        Assert.True(claims.TryGetBoolean("yes", out var yes) && yes);
        Assert.True(claims.TryGetBoolean("no", out var no) && !no);
        Assert.True(claims.StringEquals("a/b", "c"));
        Assert.True(claims.TryGetObject("act", out var act) && act.StringEquals("sub", "agt_1"));
        Assert.True(claims.TryGetStrings("amr", out var amr) && amr.SequenceEqual(["pwd", "otp"]));
        Assert.True(claims.TryGetJson("amr", out var json) && Encoding.UTF8.GetString(json.Span) == """["pwd","otp"]""");
        Assert.True(claims.TryGetJson("a/b", out json) && Encoding.UTF8.GetString(json.Span) == "\"c\"");
        Assert.Equal(["sub", "n", "big", "yes", "no", "nil", "a/b", "act", "amr"], claims.Names);
        Assert.True(claims.Has("nil"));
    }

    [Fact]
    public void A_claim_that_is_absent_or_of_another_type_is_not_read()
    {
        var claims = Parse("""{"s":"7","n":7,"f":7.5,"big":9223372036854775808,"nil":null,"mixed":["a",1],"nested":[["a"]]}""");

        Assert.False(claims.Has("S"));
        Assert.False(claims.TryGetString("n", out _) || claims.TryGetString("nil", out _) || claims.TryGetString("x", out _));
        Assert.False(claims.TryGetLong("s", out _) || claims.TryGetLong("f", out _) || claims.TryGetLong("big", out _) || claims.TryGetLong("x", out _));
        Assert.False(claims.TryGetBoolean("n", out _) || claims.TryGetBoolean("nil", out _) || claims.TryGetBoolean("x", out _));
        Assert.False(claims.TryGetStrings("mixed", out _) || claims.TryGetStrings("nested", out _) || claims.TryGetStrings("n", out _));
        Assert.False(claims.Contains("mixed", "a") || claims.Contains("nested", "a") || claims.Contains("n", "7") || claims.Contains("x", "x"));
        Assert.False(claims.TryGetObject("mixed", out _) || claims.TryGetJson("x", out _));
    }

    [Theory]
    [InlineData("\"https://api.example\"", true)]
    [InlineData("[\"https://other.example\",\"https://api.example\"]", true)]
    [InlineData("[\"https:\\/\\/api.example\"]", true)]
    [InlineData("\"https://api.example/v2\"", false)]
    [InlineData("[\"https://api.example.evil\",\"https://api\"]", false)]
    [InlineData("[]", false)]
    [Trait("negative", "41")]
    public void An_audience_is_a_string_or_an_array_and_is_compared_exactly(string aud, bool expected)
    {
        var claims = Parse($$"""{"aud":{{aud}}}""");
        Assert.Equal(expected, claims.Contains("aud", "https://api.example"));
        Assert.True(claims.TryGetStrings("aud", out var values));
        Assert.Equal(expected, values.Contains("https://api.example"));
    }

    [Theory]
    [InlineData("1300819380", 1300819380)]
    [InlineData("1300819380.0", 1300819380)]
    [InlineData("1300819380.999", 1300819380)]
    [InlineData("1.30081938e9", 1300819380)]
    [InlineData("0", 0)]
    [InlineData("-0.5", -1)]
    [InlineData("253402300799", 253402300799)]
    public void A_numeric_date_is_any_number_rounded_down(string number, long expected)
    {
        Assert.True(Parse($$"""{"exp":{{number}}}""").TryGetNumericDate("exp", out var seconds));
        Assert.Equal(expected, seconds);
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(seconds), DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
    }

    [Theory]
    [InlineData("\"1300819380\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("253402300800")]
    [InlineData("1e15")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("99999999999999999999999999999999")]
    public void A_registered_date_that_is_none_refuses_the_whole_set_instead_of_reading_as_absent(string value) =>
        Assert.All(new[] { "exp", "nbf", "iat" }, name => Refused($$"""{"{{name}}":{{value}}}"""));

    [Theory]
    [InlineData("""{"iss":1}""")]
    [InlineData("""{"sub":null}""")]
    [InlineData("""{"jti":["a"]}""")]
    [InlineData("""{"aud":1}""")]
    [InlineData("""{"aud":{"a":"b"}}""")]
    [InlineData("""{"aud":["a",null]}""")]
    [InlineData("""{"\u0073ub":null}""")]
    public void A_registered_claim_of_the_wrong_type_refuses_the_set(string json) => Refused(json);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"\u0061":1,"\u0061":2}""")]
    [InlineData("""{"a":{"b":{"c":1,"c":2}}}""")]
    [InlineData("""{"a":[{"c":1,"c":2}]}""")]
    [InlineData("""{"a":"\udc00"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"a":["\u0000"]}""")]
    [InlineData("\uFEFF{}")]
    public void Anything_but_a_strict_object_is_refused(string json) => Refused(json);

    [Fact]
    public void The_same_name_in_different_objects_is_no_duplicate() =>
        Assert.True(Parse("""{"sub":"a","act":{"sub":"b","act":{"sub":"c"}},"x":[{"sub":1},{"sub":2}]}""").Has("act"));

    [Fact]
    public void Invalid_UTF8_deep_nesting_and_too_many_members_are_refused()
    {
        Assert.False(JwtClaims.TryParse(Encoding.Latin1.GetBytes("""{"a":"é"}"""), out _));
        Refused("""{"a":""" + new string('[', 500) + new string(']', 500) + "}");
        static string Members(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}\":0")) + "}";
        Assert.Equal(JwtClaims.MaxMembers, Parse(Members(JwtClaims.MaxMembers)).Names.Count());
        Refused(Members(JwtClaims.MaxMembers + 1));
    }

    private static JwtClaims Parse(string json)
    {
        Assert.True(JwtClaims.TryParse(Encoding.UTF8.GetBytes(json), out var claims));
        return claims;
    }

    private static void Refused(string json)
    {
        Assert.False(JwtClaims.TryParse(Encoding.UTF8.GetBytes(json), out var claims));
        Assert.Null(claims);
    }
}
