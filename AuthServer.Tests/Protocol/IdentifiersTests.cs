using AuthServer.Protocol;

namespace AuthServer.Tests.Protocol;

public sealed class IdentifiersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void An_id_is_its_prefix_and_26_lower_case_digits() => Assert.Matches("^usr_[0-7][0-9a-hjkmnp-tv-z]{25}$", Identifiers.New("usr_", Now));

    [Fact]
    public void Ids_of_one_moment_differ_and_later_ones_sort_later()
    {
        var first = Identifiers.New("usr_", Now);
        Assert.NotEqual(first, Identifiers.New("usr_", Now));
        Assert.True(string.CompareOrdinal(first, Identifiers.New("usr_", Now.AddMilliseconds(1))) < 0);
    }

    [Fact]
    public void The_ULID_specifications_example_is_this_time() =>
        Assert.StartsWith("x_01arz3ndek", Identifiers.New("x_", DateTimeOffset.FromUnixTimeMilliseconds(1469922850259)), StringComparison.Ordinal);

    [Fact]
    public void An_id_and_its_uuid_are_the_same_128_bits()
    {
        var uuid = new Guid("01563e3a-b5d3-d676-4c61-efb99302bd5b");
        Assert.Equal("x_01arz3ndektsv4rrffq69g5fav", Identifiers.FromUuid("x_", uuid));
        Assert.Equal(uuid, Identifiers.ToUuid("x_", "x_01arz3ndektsv4rrffq69g5fav"));
        Assert.Equal("x_7zzzzzzzzzzzzzzzzzzzzzzzzz", Identifiers.FromUuid("x_", Guid.AllBitsSet));
    }

    [Fact]
    public void A_caller_may_write_either()
    {
        var id = Identifiers.New("agt_", Now);
        Assert.Equal(id, Identifiers.Read("agt_", id));
        Assert.Equal(id, Identifiers.Read("agt_", Identifiers.ToUuid("agt_", id)!.Value.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("agt_")]
    [InlineData("usr_01arz3ndektsv4rrffq69g5fav")]
    [InlineData("agt_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("agt_01arz3ndektsv4rrffq69g5fau")]
    [InlineData("agt_81arz3ndektsv4rrffq69g5fav")]
    [InlineData("agt_01arz3ndektsv4rrffq69g5fav0")]
    [InlineData("01563e3ab5d3d6764c61efb99302bd5b")]
    public void Anything_else_is_no_id(string text) => Assert.Null(Identifiers.Read("agt_", text));
}
