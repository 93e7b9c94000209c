namespace AuthServer.Tests.Delegations;

/// <summary>What the rules of delegation say of a tree, by sets of names alone: who holds what, who may pass it on, what ends when. It knows nothing of how
/// scopes are written but which names each stands for.</summary>
internal sealed class DelegationTreeOracle(int[] own)
{
    /// <summary>As a mask of <see cref="Texts"/>.</summary>
    public const int All = (1 << 7) - 1;

    private static readonly string[] Names = ["api.read", "api.write", "files.delete", "files.read", "files.write"];

    // Each wildcard stands for one name more that nobody has thought of yet, so no list of names makes one up.
    private static readonly (string Text, string[] Means)[] Scopes =
    [
        ("api.read", ["api.read"]), ("api.write", ["api.write"]), ("files.read", ["files.read"]),
        ("api.*", ["api.read", "api.write", "api.some", "api.deep.some"]), ("files.*", ["files.read", "files.write", "files.delete", "files.some", "files.deep.some"]),
        ("api.deep.*", ["api.deep.some"]), ("files.deep.*", ["files.deep.some"]),
    ];

    public List<Node> Nodes { get; } = [];

    public static string[] Texts(int mask) => [.. Scopes.Where((_, i) => (mask & (1 << i)) != 0).Select(scope => scope.Text)];

    public static string[] Named => Names;

    public static HashSet<string> Meant(int mask) => [.. Scopes.Where((_, i) => (mask & (1 << i)) != 0).SelectMany(scope => scope.Means)];

    /// <summary>What an agent may do by itself.</summary>
    public HashSet<string> Own(int agent) => Meant(own[agent]);

    /// <summary>Whether this may be added. By its own rights one delegates what one has; of a hop that one received, what it gives.</summary>
    public bool Allows(Node? parent, int from, int to, int mask, DateTimeOffset now) => parent is null
        ? from != to && Meant(mask).IsSubsetOf(Own(from))
        : parent.To == from && parent.IsLive(now) && Meant(mask).IsSubsetOf(Gives(parent)) && parent.Depth < parent.Deepest && !parent.Agents.Contains(to);

    /// <summary>What a hop gives while it lives: what all hops to it and its first agent have in common.</summary>
    public HashSet<string> Gives(Node node)
    {
        var given = Meant(node.Mask);
        given.IntersectWith(node.Parent is null ? Own(node.From) : Gives(node.Parent));
        return given;
    }

    /// <summary>The same as a token says it: names only, in order.</summary>
    public string[] Told(Node node, DateTimeOffset now) => node.IsLive(now) ? [.. Names.Where(Gives(node).Contains)] : [];

    internal sealed record Node(string Id, Node? Parent, int From, int To, int Mask, int Depth, int Deepest, DateTimeOffset? Ends)
    {
        public bool IsCut { get; set; }

        /// <summary>Everybody in the chain to here.</summary>
        public IEnumerable<int> Agents => Parent is null ? [From, To] : [.. Parent.Agents, To];

        /// <summary>The first end of any hop to here.</summary>
        public DateTimeOffset? End => new[] { Ends, Parent?.End }.Min();

        public bool IsLive(DateTimeOffset now) => !IsCut && !(Ends <= now) && Parent?.IsLive(now) != false;

        public IEnumerable<Node> Above => Parent is null ? [] : [Parent, .. Parent.Above];
    }
}
