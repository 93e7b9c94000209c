using System.Text;
using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Protocol.Authorize;

namespace AuthServer.Agents;

/// <summary>What can be said of an agent, checked without looking anything up.</summary>
public static class AgentRules
{
    internal const int LongestName = 255;

    private const int LongestDescription = 2000;
    private const int MostRedirectUris = 50;
    private const int LargestMetadata = 4096;

    public static void Check(AgentChange said, Faults faults)
    {
        faults.Add("name", said.Name is null || VisibleText.IsLine(said.Name, LongestName) ? null
            : $"Use 1 to {LongestName} visible characters on one line, without spaces around them.");
        faults.Add("description", string.IsNullOrEmpty(said.Description) || VisibleText.IsParagraphs(said.Description, LongestDescription) ? null
            : $"Use at most {LongestDescription} visible characters.");
        faults.Add("homepageUrl", string.IsNullOrEmpty(said.HomepageUrl) || IsHomepage(said.HomepageUrl) ? null
            : "Use an https address in its normal form.");
        faults.Add("agentType", said.Type is not null && said.AgentType is not null && said.Type != said.AgentType ? "This is another name for type, and says something else." : null);
        CheckRedirectUris(said.RedirectUris, faults);
        faults.Add("metadata", said.Metadata is { } metadata ? RefuseMetadata(metadata) : null);
    }

    /// <summary>Names that differ only in case, or in how the same characters are put together, are one name.</summary>
    public static string Normalize(string name) => name.Normalize().ToUpperInvariant();

    /// <summary>An empty text says that there is none.</summary>
    public static string? Kept(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static void CheckRedirectUris(IReadOnlyList<string?>? uris, Faults faults)
    {
        if (uris?.Count > MostRedirectUris)
        {
            faults.Add("redirectUris", $"Name at most {MostRedirectUris}.");
            return;
        }

        for (var i = 0; i < uris?.Count; i++)
        {
            faults.Add($"redirectUris[{i}]", RefuseRedirectUri(uris[i]));
        }
    }

    // An agent has a secret or key, so it is no native application: no private-use schemes.
    private static Sentence? RefuseRedirectUri(string? uri) =>
        uri is null ? "Give an address." : RedirectUris.Refuse(uri, native: false) is { } fault ? $"This address {fault}." : null;

    private static bool IsHomepage(string url) => url.StartsWith("https://", StringComparison.Ordinal) && RedirectUris.Refuse(url, native: false) is null;

    public static string? RefuseMetadata(JsonElement metadata) =>
        metadata.ValueKind != JsonValueKind.Object || Encoding.UTF8.GetByteCount(metadata.GetRawText()) > LargestMetadata
            ? $"Give a JSON object of at most {LargestMetadata} bytes."
            : ApiJson.IsText(metadata) ? null : "It holds a string that is not valid text.";
}
