using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Outbound;

namespace AuthServer.Webhooks;

/// <summary>What a webhook may be.</summary>
public sealed class WebhookRules(OutboundPosts posts)
{
    public const int LongestUrl = 1000;
    public const int LongestDescription = 200;

    private static readonly HashSet<string> Known = [.. WebhookEventKinds.Names];

    /// <summary>Where messages are sent, in its one spelling; null, with what is wrong told, where none can be.</summary>
    public string? ReadUrl(string? text, Faults faults)
    {
        var address = text is { Length: > 0 and <= LongestUrl } && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c))
            && Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null;
        if (address is not null && posts.Admits(address) && address.AbsoluteUri.Length <= LongestUrl)
        {
            return address.AbsoluteUri;
        }

        // Which hosts are private here is nobody's business: one sentence for all.
        faults.Add("url", address is { Scheme: "https" } && !OutboundAddresses.HasWebPort(address)
            ? "The port must be 443, or one from 1024 up."
            : $"Give a public https URL of at most {LongestUrl} characters, without user, password and fragment.");
        return null;
    }

    public static string? ReadEvents(IReadOnlyList<string?>? names, Faults faults)
    {
        if (names is not { Count: > 0 } || names.Count > Known.Count)
        {
            faults.Add("events", $"Name 1 to {Known.Count} events, of these: {string.Join(", ", WebhookEventKinds.Names)}.");
            return null;
        }

        var unknown = Enumerable.Range(0, names.Count).Where(i => names[i] is not { } name || !Known.Contains(name)).ToArray();
        foreach (var i in unknown)
        {
            faults.Add($"events[{i}]", $"There is no such event here. Known are: {string.Join(", ", WebhookEventKinds.Names)}.");
        }

        return unknown.Length > 0 ? null : string.Join(' ', WebhookEventKinds.Names.Where(names.Contains));
    }

    public static void CheckDescription(string? text, Faults faults)
    {
        if (!string.IsNullOrEmpty(text) && !VisibleText.IsLine(text, LongestDescription))
        {
            faults.Add("description", $"Use at most {LongestDescription} visible characters on one line, without spaces around them.");
        }
    }
}
