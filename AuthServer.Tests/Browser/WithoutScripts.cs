using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace AuthServer.Tests.Browser;

/// <summary>What of a page, as the server sends it, would be dead or missing where scripts do not run.</summary>
internal static class WithoutScripts
{
    // Shown by a script, about that script alone: nothing is lost without.
    private const string Comfort = "[data-copy], [data-said], [data-origin], #handover";

    // Goes on by itself, and says in a noscript why it does not.
    private const string ByItself = "#fragment";

    public static IEnumerable<string> FaultsOf(string html)
    {
        var page = new HtmlParser().ParseDocument(html);
        return [.. page.All.SelectMany(element => Faults(page, element)).Select(fault => $"Without scripts: {fault}")];
    }

    private static IEnumerable<string> Faults(IHtmlDocument page, IElement element) => element switch
    {
        _ when element.HasAttribute("hidden") && !element.Matches(Comfort) => [Said("is never shown", element)],
        _ when element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal)) => [Said("runs a script", element)],
        _ when element.ClassList.Contains("block") && element.ParentElement!.QuerySelector("[data-copy]") is null => [Said("cannot be copied by a button", element)],
        _ when element.GetAttribute("data-copy") is { } id && (!element.HasAttribute("hidden") || page.GetElementById(id) is null) => [Said("copies nothing", element)],
        IHtmlAnchorElement link when IsDead(page, link) => [Said("leads nowhere", link)],
        IHtmlButtonElement button when !button.HasAttribute("data-copy") && !Works(page, button) => [Said("does nothing", button)],
        IHtmlFormElement form when !form.Matches(ByItself) && form.QuerySelector("input:not([type=hidden]), select, textarea") is not null && !page.QuerySelectorAll("button").OfType<IHtmlButtonElement>().Any(button => button.Form == form && button.Type == "submit") =>
            [Said("cannot be sent", form)],
        IHtmlFormElement form when form.HasAttribute("data-passkey") && page.QuerySelector("[data-without]") is null && form.GetAttribute("action")?.Contains("/sign-in/passkey", StringComparison.Ordinal) != true =>
            [Said("says no way on without a passkey", form)],
        IHtmlElement field when field is IHtmlInputElement or IHtmlSelectElement or IHtmlTextAreaElement => FieldFaults(field),
        _ => [],
    };

    private static IEnumerable<string> FieldFaults(IHtmlElement field)
    {
        var form = (field as IHtmlInputElement)?.Form ?? (field as IHtmlSelectElement)?.Form ?? (field as IHtmlTextAreaElement)?.Form;
        if (form is null)
        {
            yield return Said("is in no form", field);
        }

        if (field.HasAttribute("disabled") && !field.Matches("[type=hidden][name=window]"))
        {
            yield return Said("is never enabled", field);
        }
    }

    /// <summary>It sends its form, or opens what browsers open by themselves.</summary>
    private static bool Works(IHtmlDocument page, IHtmlButtonElement button) =>
        button.GetAttribute("popovertarget") is { } id ? page.GetElementById(id)?.HasAttribute("popover") == true
        : button is { Type: "submit", Form: not null } && !button.HasAttribute("disabled");

    private static bool IsDead(IHtmlDocument page, IHtmlAnchorElement link) => link.GetAttribute("href") switch
    {
        null => false,
        "" => true,
        ['#', .. var id] => page.GetElementById(id) is null,
        var address => address.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase),
    };

    private static string Said(string what, IElement element) => $"{what}: {element.OuterHtml[..Math.Min(200, element.OuterHtml.Length)]}";
}
