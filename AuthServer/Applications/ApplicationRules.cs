using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;

namespace AuthServer.Applications;

/// <summary>What can be said of an organization's application, checked without looking anything up; and what follows from its kind.</summary>
public static class ApplicationRules
{
    private const int LongestName = 200;
    private const int MostAddresses = 20;

    public static bool IsPublic(ApplicationKind kind) => kind is ApplicationKind.Browser or ApplicationKind.Native;

    public static IReadOnlyList<string> GrantTypesOf(ApplicationKind kind) => kind == ApplicationKind.Machine
        ? [GrantTypes.ClientCredentials]
        : [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken];

    public static void Check(ApplicationChange said, ApplicationKind kind, Faults faults)
    {
        faults.Add("name", said.Name is null || VisibleText.IsLine(said.Name, LongestName) ? null : $"Use 1 to {LongestName} visible characters on one line, without spaces around them.");
        CheckAddresses("redirectUris", said.RedirectUris, kind, faults);
        CheckAddresses("postLogoutRedirectUris", said.PostLogoutRedirectUris, kind, faults);
        faults.Add("redirectUris", kind != ApplicationKind.Machine && said.RedirectUris is { Count: 0 } ? "Name at least one: people come back there." : null);
    }

    /// <summary>Why an address cannot be registered, by the rule that clients which register themselves are told too; null: it can.</summary>
    private static Sentence? RefuseAddress(string? uri, ApplicationKind kind) =>
        uri is null ? "Give an address." : RedirectUris.Refuse(uri, kind == ApplicationKind.Native) is { } why ? $"This address {why}." : null;

    private static void CheckAddresses(string field, IReadOnlyList<string?>? uris, ApplicationKind kind, Faults faults)
    {
        if (uris is null)
        {
            return;
        }

        faults.Add(field, uris.Count > MostAddresses ? $"Name at most {MostAddresses}." : kind == ApplicationKind.Machine && uris.Count > 0 ? "No person comes to it, so none comes back." : null);
        for (var i = 0; i < uris.Count && i < MostAddresses; i++)
        {
            faults.Add($"{field}[{i}]", RefuseAddress(uris[i], kind));
        }
    }
}
