using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Forms;
using AuthServer.Webhooks;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Webhooks;

/// <summary>What a webhook is asked for by: as it is stored, or as it was typed.</summary>
public sealed record WebhookForm(string Address, string Description, IReadOnlyList<string> Events)
{
    public const string AddressField = "Address";
    public const string DescriptionField = "Description";
    public const string ToldField = "Told";
    public const string EventsField = "Events";

    /// <summary>What the choice of everything is sent as.</summary>
    public const string All = "all";

    public static WebhookForm Of(WebhookItem webhook) => new(webhook.Url, webhook.Description ?? "", webhook.Events);

    public bool IsEverything => WebhookEventKinds.Names.All(Events.Contains);

    /// <param name="told"><see cref="All"/>, or else what is ticked.</param>
    public static WebhookForm Typed(string? address, string? description, string? told, IReadOnlyList<string>? events) =>
        new(address?.Trim() ?? "", description?.Trim() ?? "", told == All ? WebhookEventKinds.Names : events ?? []);

    /// <summary>Whether a webhook is so already.</summary>
    public bool Says(WebhookItem webhook) =>
        webhook.Url == (Uri.TryCreate(Address, UriKind.Absolute, out var uri) ? uri.AbsoluteUri : Address)
        && (webhook.Description ?? "") == Description
        && webhook.Events.ToHashSet(StringComparer.Ordinal).SetEquals(Events);

    /// <summary>What the API found wrong, at the fields.</summary>
    public static void Tell(Problem problem, FormFaults faults)
    {
        foreach (var (field, messages) in problem.Faults ?? new Dictionary<string, Sentence[]>())
        {
            // Which events are known is on the page itself.
            var (name, message) = field switch
            {
                "url" => (AddressField, messages[0]),
                "description" => (DescriptionField, messages[0]),
                _ => (EventsField, T("Tick at least one of these events.")),
            };
            if (faults[name] is null)
            {
                faults.Add(name, message);
            }
        }

        if (problem.Faults is null)
        {
            faults.Add(problem);
        }
    }
}

/// <summary>Its fields, with what is wrong with them.</summary>
public sealed record WebhookFields(WebhookForm Form, FormFaults Faults);
