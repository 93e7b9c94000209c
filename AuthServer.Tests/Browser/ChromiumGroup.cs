namespace AuthServer.Tests.Browser;

[CollectionDefinition(Name)]
public sealed class ChromiumGroup : ICollectionFixture<Chromium>
{
    public const string Name = "Chromium";
}

/// <summary>The same beside it, for all that looks at every page: it takes as long as everything else in the browser together.</summary>
[CollectionDefinition(Name)]
public sealed class EveryPageGroup : ICollectionFixture<Chromium>
{
    public const string Name = "Every page in Chromium";
}
