using AuthServer.Pages.Forms;
using AuthServer.Policies.Engine;
using AuthServer.Scopes;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>Scopes to choose from, by category, each with its risk.</summary>
/// <param name="Question">Its answer says which are ticked.</param>
public sealed record ScopePicker(Question Question, KnownScopes Known)
{
    /// <summary>Whether it is an application that asks, and no agent.</summary>
    public bool IsOfApplication { get; init; }

    public IEnumerable<(string Name, IReadOnlyList<ScopeLine> Scopes, int Ticked)> Categories
    {
        get
        {
            var ticked = Question.Value.Split('\n').ToHashSet(StringComparer.Ordinal);
            var offered = Question.Offered.Select(option => option.Value).ToHashSet(StringComparer.Ordinal);

            // What was ticked stays in sight where nobody knows it any more.
            return Known.All.Where(line => offered.Contains(line.Name)).Concat(offered.Where(name => Known.Find(name) is null).Select(Known.Describe)).GroupBy(line => line.Category).Select(category => (ScopeWords.Category(category.Key), (IReadOnlyList<ScopeLine>)[.. category], category.Count(line => ticked.Contains(line.Name))));
        }
    }

    public bool IsTicked(ScopeLine line) => Question.Value.Split('\n').Contains(line.Name, StringComparer.Ordinal);

    /// <summary>The worst that can be chosen there.</summary>
    public static RiskLevel WorstOf(IEnumerable<ScopeLine> scopes) => scopes.Max(line => line.Risk);
}
