using System.Security.Cryptography;
using AuthServer.Audit.Chain;

namespace AuthServer.Tests.Audit;

public sealed class PruningPlanTests
{
    private const string Writer = "wrt_1.0";

    private static readonly List<PlacedEvent> Chain = Make(10);

    [Fact]
    public void The_beginning_goes_and_the_rest_keeps_its_place()
    {
        var plan = PruningPlan.Make(Before, Writer, Places(1, 2, 4, 6), [])!;
        Assert.Equal(["e1", "e2"], plan.Deleted);
        Assert.Equal(2, plan.Floor?.Sequence);
        Assert.Equal([4, 6], plan.Stubs.Select(stub => stub.Sequence));
    }

    [Fact]
    public void Stubs_of_former_times_go_with_what_goes_before_them()
    {
        var plan = PruningPlan.Make(Before, Writer, Places(1, 3), Places(2, 4, 7))!;
        Assert.Equal(["e1", "e2", "e3", "e4"], plan.Deleted);
        Assert.Empty(plan.Stubs);
    }

    [Fact]
    public void A_chain_goes_on_from_where_it_was_cut()
    {
        var plan = PruningPlan.Make(new ChainPoint(5, Chain[4].Hash), Writer, Places(6, 8), [])!;
        Assert.Equal("e6", Assert.Single(plan.Deleted));
        Assert.Equal(6, plan.Floor?.Sequence);
    }

    [Fact]
    public void Nothing_at_the_beginning_leaves_the_beginning()
    {
        var plan = PruningPlan.Make(Before, Writer, Places(2, 3), Places(3))!;
        Assert.Equal((0, null, 1), (plan.Deleted.Count, plan.Floor, plan.Stubs.Count));
    }

    [Fact]
    public void What_does_not_follow_from_the_beginning_is_left_alone() =>
        Assert.Null(PruningPlan.Make(Before, Writer, [Chain[0] with { Digest = Chain[1].Digest }], []));

    [Fact]
    public void Ranges_are_written_short_and_read_back()
    {
        Assert.Equal("4,7-9,12-13", SequenceRanges.Format([4, 7, 8, 9, 12, 13]));
        Assert.Equal("", SequenceRanges.Format([]));
        Assert.Equal([(4, 4), (7, 9), (12, 13)], SequenceRanges.Parse("4,7-9,12-13"));
        Assert.Empty(SequenceRanges.Parse("x,-1,2-,1-y,"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1:")]
    [InlineData(":AAAA")]
    [InlineData("-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("1:AAAA")]
    [InlineData("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_point_is_none(string text) => Assert.Null(ChainPoint.Parse(text));

    [Fact]
    public void A_point_is_read_back_as_it_was_written()
    {
        var point = new ChainPoint(12, Chain[3].Hash);
        var read = ChainPoint.Parse(point.ToString())!;
        Assert.Equal(12, read.Sequence);
        Assert.Equal(point.Hash, read.Hash);
    }

    private static ChainPoint Before => ChainPoint.Of(ChainHead.Before(Writer));

    private static List<PlacedEvent> Places(params int[] sequences) => [.. sequences.Select(sequence => Chain[sequence - 1])];

    private static List<PlacedEvent> Make(int count)
    {
        var head = ChainHead.Before(Writer);
        List<PlacedEvent> chain = [];
        for (var i = 1; i <= count; i++)
        {
            var digest = SHA256.HashData([(byte)i]);
            head = head.After(digest);
            chain.Add(new PlacedEvent($"e{i}", Writer, i, digest, head.Hash));
        }

        return chain;
    }
}
