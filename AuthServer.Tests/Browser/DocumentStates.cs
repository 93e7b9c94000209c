namespace AuthServer.Tests.Browser;

/// <summary>Pages of the documentation: each kind of thing that they are made of.</summary>
internal static class DocumentStates
{
    private const string Route = "/docs/{name?}";

    public static PageState[] All { get; } =
    [
        new("docs", Route, visit => visit.GoAsync("/docs")),
        .. new[] { "concepts", "guide-api", "agents", "configuration-keys", "errors", "threat-model", "coming-from-openiddict", "production" }
            .Select(name => new PageState("docs-" + name, Route, visit => visit.GoAsync("/docs/" + name))),
    ];
}
