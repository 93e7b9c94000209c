using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of providers: all of them, and how one is set up.</summary>
internal static class ProviderStates
{
    private const string Route = "/developer/providers";
    private const string One = Route + "/{id}";

    public static PageState[] All { get; } =
    [
        new("providers", Route, visit => OpenAsync(visit, "")),
        new("providers-nothing", Route, visit => OpenAsync(visit, "?q=nothing+is+called+that")),
        new("providers-no-organization", Route, async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync(Route);
        }),
        new("provider-slack", One, visit => OpenAsync(visit, "/slack")),
        new("provider-gmail", One, visit => OpenAsync(visit, "/gmail")),
        new("provider-gitlab", One, visit => OpenAsync(visit, "/gitlab")),
        new("provider-datadog", One, visit => OpenAsync(visit, "/datadog")),
    ];

    private static async Task OpenAsync(Visit visit, string more)
    {
        await visit.SignInAsync((await visit.Site.ForestAsync()).Owner, Rest.Password);
        await visit.GoAsync(Route + more);
    }
}
