using AuthServer.Tests.Browser;
using AuthServer.Tests.Configuration;
using AuthServer.Tests.Durability;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("AuthServer.Tests.Support.LongestFirst", "AuthServer.Tests")]

namespace AuthServer.Tests.Support;

/// <summary>What takes minutes begins at once; else it would still run when all the rest is done.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest = [EveryPageGroup.Name, ChromiumGroup.Name, typeof(KillTests).FullName!, typeof(CommandLineTests).FullName!];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(Longest, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var place ? place : Longest.Length);
}
