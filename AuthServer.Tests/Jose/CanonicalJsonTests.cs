using System.Globalization;
using System.Text;
using System.Text.Json;
using AuthServer.Jose;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Jose;

public class CanonicalJsonTests
{
    [Fact]
    public void The_sample_of_RFC_8785_3_2_2_becomes_its_canonical_form() =>
        Assert.Equal(
            """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
            Text("""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """));

    [Fact]
    public void Members_are_sorted_by_their_UTF_16_code_units_as_RFC_8785_3_2_3_shows()
    {
        var sorted = JsonElement.Parse(Text("""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face",
            "\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """));

        Assert.Equal(
            ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            sorted.EnumerateObject().Select(member => member.Value.GetString()));
    }

    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Numbers_are_written_as_RFC_8785_appendix_B_lists_them(ulong bits, string expected) =>
        Assert.Equal(expected, CanonicalNumber.Text(BitConverter.UInt64BitsToDouble(bits)));

    [Theory]
    [InlineData(0x7fffffffffffffff)]
    [InlineData(0x7ff0000000000000)]
    [InlineData(0xfff0000000000000)]
    public void Numbers_that_are_not_finite_have_no_form(ulong bits) =>
        Assert.Throws<InvalidOperationException>(() => CanonicalNumber.Text(BitConverter.UInt64BitsToDouble(bits)));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("""{"":0,"a":[1,-1.5,1e-7,0.000001],"b":{"a":"é😀/\u001f\b\t\n\f\r\"\\"}}""")]
    [InlineData("\"\u007f\u0080\u2028\"")]
    [InlineData("[9007199254740991,-9007199254740991]")]
    public void Canonical_octets_are_found_so(string json) => Assert.Null(FaultOf(json));

    [Theory]
    [InlineData("{ }", CanonicalJsonFault.NotCanonical)]
    [InlineData("{}\n", CanonicalJsonFault.NotCanonical)]
    [InlineData("""{"b":1,"a":1}""", CanonicalJsonFault.NotCanonical)]
    [InlineData("""{"\ufb33":1,"\ud83d\ude00":1}""", CanonicalJsonFault.NotCanonical)]
    [InlineData("[1.0]", CanonicalJsonFault.NotCanonical)]
    [InlineData("[-0]", CanonicalJsonFault.NotCanonical)]
    [InlineData("[1E3]", CanonicalJsonFault.NotCanonical)]
    [InlineData("[0.0000001]", CanonicalJsonFault.NotCanonical)]
    [InlineData("[0.1000000000000000055]", CanonicalJsonFault.NotCanonical)]
    [InlineData("""["\u0041"]""", CanonicalJsonFault.NotCanonical)]
    [InlineData("""["\/"]""", CanonicalJsonFault.NotCanonical)]
    [InlineData("""["\u000A"]""", CanonicalJsonFault.NotCanonical)]
    [InlineData("""["\u000F"]""", CanonicalJsonFault.NotCanonical)]
    [InlineData("""["\u00e9"]""", CanonicalJsonFault.NotCanonical)]
    [InlineData("""{"a":1,"a":1}""", CanonicalJsonFault.DuplicateMember)]
    [InlineData("""{"a":1,"\u0061":2}""", CanonicalJsonFault.DuplicateMember)]
    [InlineData("""[{"b":{"a":1,"c":{},"a":[]}}]""", CanonicalJsonFault.DuplicateMember)]
    [InlineData("""{"a":{"x":1},"b":{"x":1}}""", null)]
    [InlineData("[NaN]", CanonicalJsonFault.NonFinite)]
    [InlineData("""{"a":NaN}""", CanonicalJsonFault.NonFinite)]
    [InlineData("""{"a": Infinity}""", CanonicalJsonFault.NonFinite)]
    [InlineData("""[1,-Infinity]""", CanonicalJsonFault.NonFinite)]
    [InlineData("[1e400]", CanonicalJsonFault.NonFinite)]
    [InlineData("[-1e400]", CanonicalJsonFault.NonFinite)]
    [InlineData("[9007199254740992]", CanonicalJsonFault.UnsafeNumber)]
    [InlineData("[-9007199254740993]", CanonicalJsonFault.UnsafeNumber)]
    [InlineData("[1e+30]", CanonicalJsonFault.UnsafeNumber)]
    [InlineData("", CanonicalJsonFault.Malformed)]
    [InlineData("{", CanonicalJsonFault.Malformed)]
    [InlineData("[1,]", CanonicalJsonFault.Malformed)]
    [InlineData("[01]", CanonicalJsonFault.Malformed)]
    [InlineData("{}{}", CanonicalJsonFault.Malformed)]
    [InlineData("{}//", CanonicalJsonFault.Malformed)]
    [InlineData("\uFEFF{}", CanonicalJsonFault.Malformed)]
    [InlineData("""["\ud800"]""", CanonicalJsonFault.Malformed)]
    [InlineData("""{"\udc00":1}""", CanonicalJsonFault.Malformed)]
    public void Anything_else_is_named(string json, CanonicalJsonFault? expected) => Assert.Equal(expected, FaultOf(json));

    [Fact]
    public void Octets_that_are_no_UTF_8_are_malformed() => Assert.Equal(CanonicalJsonFault.Malformed, CanonicalJson.FaultOf([(byte)'"', 0xC3, (byte)'"']));

    [Fact]
    public void Depth_is_bounded()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);

        Assert.Null(FaultOf(Nested(CanonicalJson.MaxDepth)));
        Assert.Equal(CanonicalJsonFault.Malformed, FaultOf(Nested(CanonicalJson.MaxDepth + 1)));
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("[1e400]")]
    public void What_has_no_canonical_form_is_not_written(string json) => Assert.Throws<InvalidOperationException>(() => CanonicalJson.Write(JsonElement.Parse(json)));

    [Fact]
    public void Every_number_reads_back_as_itself_in_few_characters() =>
        Prop.ForAll<double>(number => !double.IsFinite(number)
            || (double.Parse(CanonicalNumber.Text(number), CultureInfo.InvariantCulture) == number && CanonicalNumber.Text(number).Length <= 25)).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_is_written_means_the_same_and_is_found_canonical() =>
        Prop.ForAll<NonNull<string>, NonNull<string>, int>((name, value, number) =>
        {
            var json = JsonSerializer.SerializeToElement(new Dictionary<string, object> { [name.Get] = new object[] { value.Get, number, number / 8.0 }, ["é" + value.Get] = name.Get });
            var written = CanonicalJson.Write(json);
            return CanonicalJson.FaultOf(written) is null && JsonElement.DeepEquals(json, JsonElement.Parse(written));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_the_check_throw() =>
        Prop.ForAll<NonNull<string>>(text => FaultOf(text.Get) is null or >= CanonicalJsonFault.Malformed).QuickCheckThrowOnFailure();

    [Fact]
    public void A_token_signed_canonically_has_a_canonical_header_and_verifies_as_any_other()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Jws.SignCanonical(key, "at+jwt", JsonElement.Parse("""{"sub":"usr_1","exp":1}"""));

        Assert.StartsWith(TestTokens.Encode($$"""{"alg":"ES256","c14n":"JCS","kid":"{{key.KeyId}}","typ":"at+jwt"}""") + "." + TestTokens.Encode("""{"exp":1,"sub":"usr_1"}""") + ".", token, StringComparison.Ordinal);
        Assert.True(Jws.Verify(token, JwsTyp.Of("at+jwt"), TestTokens.Set(key.PublicKey)).IsValid);
    }

    private static string Text(string json) => Encoding.UTF8.GetString(CanonicalJson.Write(JsonElement.Parse(json)));

    private static CanonicalJsonFault? FaultOf(string json) => CanonicalJson.FaultOf(Encoding.UTF8.GetBytes(json));
}
