using System.Net;
using System.Text.RegularExpressions;

namespace AuthServer.Bench.Servers;

/// <summary>The form that a page is about: the sign-in form, or the one with the button that approves.</summary>
internal sealed partial class HtmlForm
{
    private readonly string _html;

    private HtmlForm(string html)
    {
        _html = html;
    }

    public string? Action => Attribute(_html, "action") is { Length: > 0 } action ? action : null;

    private bool AsksPassword => Controls().Any(control => Attribute(control, "type") == "password");

    public static HtmlForm? Find(string page)
    {
        var forms = Form().Matches(page).Select(match => new HtmlForm(match.Value)).ToArray();
        return forms.FirstOrDefault(form => form.AsksPassword)
            ?? forms.FirstOrDefault(form => form.Approve() is not null);
    }

    /// <summary>Hidden fields as they are, all boxes ticked, the approving button pressed.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fill(string email, string password)
    {
        foreach (var control in Controls().Append(Approve() ?? ""))
        {
            if (Attribute(control, "name") is { } name)
            {
                var value = Attribute(control, "type") switch
                {
                    "password" => password,
                    "email" => email,
                    _ => Attribute(control, "value") ?? "",
                };
                yield return KeyValuePair.Create(name, value);
            }
        }
    }

    private IEnumerable<string> Controls() => Input().Matches(_html).Select(match => match.Value);

    private string? Approve() => Button().Matches(_html).Select(match => match.Value).FirstOrDefault(button => Approving().IsMatch(button));

    private static string? Attribute(string tag, string name)
    {
        var match = Regex.Match(tag, $"""^<[^>]*?\s{name}="([^"]*)" """.TrimEnd(), RegexOptions.IgnoreCase);
        return match.Success ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Form();

    [GeneratedRegex("<input[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex Input();

    [GeneratedRegex("<button.*?</button>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Button();

    [GeneratedRegex("approve|allow|accept|connect", RegexOptions.IgnoreCase)]
    private static partial Regex Approving();
}
