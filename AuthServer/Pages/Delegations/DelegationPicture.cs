using System.Globalization;
using AuthServer.Delegations;

namespace AuthServer.Pages.Delegations;

/// <summary>A graph as a drawing: who gave stands left of who received, and what hangs on one hop stands together. The same graph gives the same drawing.</summary>
public sealed class DelegationPicture
{
    public const int NodeWidth = 172;
    public const int NodeHeight = 50;

    private const int Gap = 44;
    private const int Line = 62;
    private const int Margin = 2;
    private const int LongestName = 20;

    private readonly List<Node> _nodes = [];
    private readonly List<Edge> _edges = [];
    private int _lines;

    private DelegationPicture()
    {
    }

    public IReadOnlyList<Node> Nodes => _nodes;

    public IReadOnlyList<Edge> Edges => _edges;

    public int Width => _nodes.Count == 0 ? 0 : _nodes.Max(node => node.X) + NodeWidth + Margin;

    public int Height => (_lines * Line) - (Line - NodeHeight) + Margin + Margin;

    public static DelegationPicture Of(IReadOnlyList<DelegationBranch> trees)
    {
        var picture = new DelegationPicture();

        // What one agent gave of its own rights, or in one person's name, begins at one place.
        foreach (var begun in trees.GroupBy(tree => (tree.Hop.Row.DelegatorId, tree.Hop.Row.PrincipalId)))
        {
            var first = begun.First().Hop;
            picture.Place([.. begun], first.Delegator, 0, null);
        }

        return picture;
    }

    /// <param name="hop">By which the agent received it; null: it began.</param>
    private Node Place(IReadOnlyList<DelegationBranch> below, SeenAgent agent, int depth, DelegationView? hop)
    {
        var top = _lines;
        var children = below.Select(branch => Place(branch.Below, branch.Hop.Delegate, depth + 1, branch.Hop)).ToList();
        if (children.Count == 0)
        {
            _lines++;
        }

        var x = Margin + (depth * (NodeWidth + Gap));
        var y = children.Count == 0 ? Margin + (top * Line) : (children[0].Y + children[^1].Y) / 2;
        var node = new Node(x, y, Short(agent), DelegationWords.NameOf(agent), hop);
        _nodes.Add(node);
        _edges.AddRange(children.Select(child => Between(node, child)));
        return node;
    }

    private static Edge Between(Node from, Node to)
    {
        var (x1, y1, x2, y2) = (from.X + NodeWidth, from.Y + (NodeHeight / 2), to.X, to.Y + (NodeHeight / 2));
        var middle = (x1 + x2) / 2;
        return new Edge(string.Create(CultureInfo.InvariantCulture, $"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2 - 1} {y2}"), to.Hop!.IsLive);
    }

    private static string Short(SeenAgent agent)
    {
        if (agent.Name is null)
        {
            return "agt_…" + agent.Id[^8..];
        }

        var text = new StringInfo(Names.Shown(agent.Name));
        return text.LengthInTextElements <= LongestName ? text.String : text.SubstringByTextElements(0, LongestName - 1) + "…";
    }

    /// <param name="Name">As much of it as has room.</param>
    /// <param name="Hop">By which the agent received what it may do; null: it gave first.</param>
    public sealed record Node(int X, int Y, string Name, string FullName, DelegationView? Hop)
    {
        public string Class => Hop is null ? "begins" : Hop.IsLive ? "lives" : "died";
    }

    /// <param name="Path">As SVG says it.</param>
    public sealed record Edge(string Path, bool IsLive);
}
