using AuthServer.Bench.Load;
using AuthServer.Bench.Requests;
using AuthServer.Bench.Servers;

namespace AuthServer.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Bare">Measured on the bare endpoint instead of the server.</param>
/// <param name="Wanted">At least so many per second.</param>
/// <param name="WantedRatio">At least this part of the bare endpoint's requests per second.</param>
/// <param name="Make">The conversation of one connection; tokens it is given go into the second parameter.</param>
public sealed record Scenario(
    string Name, bool Bare, double? Wanted, double? WantedRatio, Func<Preparation, IssuedTokens, Task<IConversation>> Make);

/// <summary>What conversations are made from: where the server is, and, for the real one, the signed-in person and the organization.</summary>
public sealed record Preparation(ChildServer Server, Person? Person, Team? Team)
{
    public Uri At(string path) => new(Server.Url, path);
}
