using AuthServer.Delegations;
using AuthServer.Pages.Delegations;

namespace AuthServer.Tests.Pages;

/// <summary>Where the picture of delegations puts what.</summary>
public sealed class DelegationPictureTests
{
    private static readonly Random Random = new(4711);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_two_boxes_touch_and_each_stands_right_of_who_gave(int seed)
    {
        var hops = Forest(new Random(seed), 1 + (seed * 3));
        var picture = DelegationPicture.Of(DelegationBranch.Of(hops));

        Assert.Equal(hops.Count, picture.Edges.Count);
        Assert.Equal(hops.Count, picture.Nodes.Count(node => node.Hop is not null));
        foreach (var column in picture.Nodes.GroupBy(node => node.X))
        {
            var tops = column.Select(node => node.Y).Order().ToList();
            Assert.All(tops.Zip(tops.Skip(1)), pair => Assert.True(pair.Second - pair.First >= DelegationPicture.NodeHeight));
        }

        var places = picture.Nodes.Where(node => node.Hop is not null).ToDictionary(node => node.Hop!.Row.Id);
        Assert.All(hops.Where(hop => hop.Row.ParentId is not null), hop => Assert.True(places[hop.Row.ParentId!].X + DelegationPicture.NodeWidth < places[hop.Row.Id].X));
        Assert.All(picture.Nodes, node => Assert.True(node is { X: >= 0, Y: >= 0 } && node.X + DelegationPicture.NodeWidth <= picture.Width && node.Y + DelegationPicture.NodeHeight <= picture.Height));
    }

    [Fact]
    public void The_same_graph_is_drawn_the_same()
    {
        var hops = Forest(Random, 60);

        Assert.Equal(Drawn(hops), Drawn(hops));
    }

    [Fact]
    public void What_one_agent_gave_of_its_own_rights_begins_at_one_box()
    {
        var hops = new[] { Hop("1", null, "planner", "worker"), Hop("2", null, "planner", "tool") };

        Assert.Single(DelegationPicture.Of(DelegationBranch.Of(hops)).Nodes, node => node.Hop is null);
    }

    private static string Drawn(IReadOnlyList<DelegationView> hops) =>
        string.Join(' ', DelegationPicture.Of(DelegationBranch.Of(hops)).Nodes.Select(node => $"{node.X},{node.Y},{node.Name}"));

    private static List<DelegationView> Forest(Random random, int count)
    {
        var hops = new List<DelegationView>();
        for (var i = 0; i < count; i++)
        {
            var parent = hops.Count > 0 && random.Next(4) > 0 ? hops[random.Next(hops.Count)] : null;
            hops.Add(Hop($"{i}", parent?.Row.Id, parent?.Delegate.Id ?? $"agent {random.Next(5)}", $"agent {i} with a name longer than any box"));
        }

        return hops;
    }

    private static DelegationView Hop(string id, string? parent, string from, string to) => new(
        new Delegation { Id = id, ParentId = parent, DelegatorId = from, DelegateId = to, PrincipalId = "agt_" }, Agent(from), Agent(to), HopState.Live, IsOpen: true);

    private static SeenAgent Agent(string name) => new(name, name, "acct_", "Acme", IsActive: true);
}
