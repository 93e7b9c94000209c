using System.Text;
using AuthServer.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol;

public sealed class ParametersTests
{
    private static readonly string[] Pieces = ["a", "resource", "=", "&", "+", "%", "%00", "%41", "%zz", "%c3%a9", "%ff", "é", "\0", " ", "state", "%26", "%3d"];

    [Fact]
    public void What_was_written_is_read_again() => Prop.ForAll<NonEmptyArray<Tuple<NonEmptyString, NonEmptyString>>>(pairs =>
    {
        var written = pairs.Get.Select(pair => (Name: Clean(pair.Item1.Get), Value: Clean(pair.Item2.Get)))
            .Where(pair => pair.Name.Length > 0 && pair.Value.Length > 0 && pair.Name != "resource").DistinctBy(pair => pair.Name).Take(100).ToArray();
        var read = Read(string.Join('&', written.Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}")));
        var again = Read(read.Encode());
        return written.All(pair => read[pair.Name] == pair.Value && again[pair.Name] == pair.Value) && read.Duplicate is null;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_octets_make_the_parser_throw_and_nothing_it_reads_holds_a_nul() => Prop.ForAll<byte[]>(octets =>
        Parameters.Parse(octets).Value is not { } read || !read.Encode().Contains("%00", StringComparison.Ordinal)).QuickCheckThrowOnFailure();

    [Fact]
    public void No_mixture_of_what_means_something_makes_the_parser_throw() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary(), text =>
        {
            var parsed = Parameters.Parse(Encoding.UTF8.GetBytes(text));
            return parsed.Value is null == parsed.Error is not null && (parsed.Value is not { } read || Parameters.Parse(Encoding.UTF8.GetBytes(read.Encode())).Value is not null);
        }));

    [Theory]
    [InlineData("a=1", "1")]
    [InlineData("a=%31", "1")]
    [InlineData("a=x+y%20z", "x y z")]
    [InlineData("a=%C3%A9", "é")]
    [InlineData("a=é", "é")]
    [InlineData("a=b=c", "b=c")]
    [InlineData("&&a=1&&", "1")]
    [InlineData("%61=1", "1")]
    [InlineData("a=%26", "&")]
    public void A_value_is_decoded_once(string encoded, string expected) => Assert.Equal(expected, Read(encoded)["a"]);

    [Theory]
    [InlineData("a=")]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("b=1")]
    [InlineData("A=1")]
    [InlineData("=1")]
    public void An_empty_parameter_counts_as_absent(string encoded)
    {
        Assert.Null(Read(encoded)["a"]);
        Assert.False(Read(encoded).Has("a"));
    }

    [Theory]
    [InlineData("a=1&a=2")]
    [InlineData("a=1&a=1")]
    [InlineData("a=1&%61=2&a=3")]
    [InlineData("a=1&b=2&a=3&a=4&a=5")]
    public void A_parameter_that_stands_twice_is_dropped_and_named(string encoded)
    {
        var read = Read(encoded);
        Assert.Null(read["a"]);
        Assert.Equal("a", read.Duplicate);
        Assert.True(read.Has("a"));
        Assert.DoesNotContain("a=", read.Encode(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_parameter_that_stands_twice_is_there_too()
    {
        var read = Read("a=1&a=2&b=3&b=4");
        Assert.True(read.Has("b"));
        Assert.Null(read["b"]);
    }

    [Fact]
    public void Only_resource_may_repeat_and_keeps_its_order()
    {
        var read = Read("resource=https%3A%2F%2Fb&resource=https%3A%2F%2Fa&resource=");
        Assert.Equal(["https://b", "https://a"], read.Resources);
        Assert.Null(read.Duplicate);
        Assert.Equal(read.Resources, Read(read.Encode()).Resources);
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%1")]
    [InlineData("a=%g1")]
    [InlineData("a=%00")]
    [InlineData("a=b%00c")]
    [InlineData("%00=a")]
    [InlineData("a=\0")]
    [InlineData("a=%ff")]
    [InlineData("a=%c0%80")]
    [InlineData("a=%ed%a0%80")]
    public void What_is_no_text_is_an_invalid_request(string encoded) =>
        Assert.Equal("invalid_request", Parameters.Parse(Encoding.Latin1.GetBytes(encoded)).Error?.Code);

    [Fact]
    public void A_hundred_parameters_are_read_and_one_more_is_not()
    {
        Assert.NotNull(Parameters.Parse(Many(100)).Value);
        Assert.Equal("invalid_request", Parameters.Parse(Many(101)).Error?.Code);
    }

    private static byte[] Many(int count) => Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, count).Select(i => $"p{i}=")));

    private static Parameters Read(string encoded) => Parameters.Parse(Encoding.UTF8.GetBytes(encoded)).Value!;

    // Neither NUL nor half a surrogate pair can be sent.
    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace("\0", "", StringComparison.Ordinal);
}
