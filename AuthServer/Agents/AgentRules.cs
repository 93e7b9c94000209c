using System.Text;
using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.Authorize;

namespace AuthServer.Agents;

/// <summary>What can be said of an agent, checked without looking anything up.</summary>
public static class AgentRules
{
    private const int LongestName = 200;
    private const int LongestDescription = 2000;
    private const int MostRedirectUris = 50;
    private const int MostScopes = 200;
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
        CheckEach("redirectUris", said.RedirectUris, MostRedirectUris, faults, RefuseRedirectUri);
        CheckEach("allowedScopes", said.AllowedScopes, MostScopes, faults, AgentScopes.Refuse);
        faults.Add("metadata", said.Metadata is { } metadata ? RefuseMetadata(metadata) : null);
    }

    private static void CheckEach(string field, IReadOnlyList<string?>? values, int most, Faults faults, Func<string?, string?> refuse)
    {
        if (values?.Count > most)
        {
            faults.Add(field, $"Name at most {most}.");
            return;
        }

        for (var i = 0; i < values?.Count; i++)
        {
            faults.Add($"{field}[{i}]", refuse(values[i]));
        }
    }

    // An agent has a secret or key, so it is no native application: no private-use schemes.
    private static string? RefuseRedirectUri(string? uri) =>
        uri is null ? "Give an address." : RedirectUris.Refuse(uri, native: false) is { } fault ? $"This address {fault}." : null;

    private static bool IsHomepage(string url) => url.StartsWith("https://", StringComparison.Ordinal) && RedirectUris.Refuse(url, native: false) is null;

    private static string? RefuseMetadata(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object || Encoding.UTF8.GetByteCount(metadata.GetRawText()) > LargestMetadata)
        {
            return $"Give a JSON object of at most {LargestMetadata} bytes.";
        }

        try
        {
            JsonSerializer.Serialize(metadata, ApiJson.Options);
            return null;
        }
        catch (InvalidOperationException) // a string that is no text, such as a lone surrogate: the writer has no other way to say so
        {
            return "It holds a string that is not valid text.";
        }
    }
}
