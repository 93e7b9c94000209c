using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using AuthServer.Branding;
using AuthServer.Http;
using AuthServer.Languages;

namespace AuthServer.Mail;

/// <summary>The two forms of a mail. The HTML loads nothing: no picture, no font, nothing that tells when it was read.</summary>
public sealed class MailBody(IssuerUri issuer)
{
    private const string Page = "margin:0;padding:24px;background:#f4f5f7;color:#1a1d21;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5;overflow-wrap:anywhere";
    private const string Card = "max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #d9dce1;border-radius:12px";
    private const string Button = "display:inline-block;padding:12px 20px;background:#1f4fd1;color:#ffffff;border-radius:8px;text-decoration:none;font-weight:600";
    private const string Small = "color:#4b5260;font-size:14px";

    public string Plain(MailText text)
    {
        var lines = new StringBuilder().Append(text.Lead).Append("\n\n");
        if (text.Link is { } link)
        {
            lines.Append(link.Label).Append(":\n").Append(link.Address).Append("\n\n").Append(link.Note).Append("\n\n");
        }

        foreach (var fact in text.Facts)
        {
            lines.Append(fact.Label).Append(": ").Append(fact.Value).Append('\n');
        }

        return lines.Append(text.Facts.Count > 0 ? "\n" : "").Append(text.IfNotYou).Append("\n\n-- \n").Append(From(Language.Of(text.Language))).Append('\n').ToString();
    }

    public string Html(MailText text)
    {
        var say = Language.Of(text.Language);
        var html = new StringBuilder($"""
            <!doctype html>
            <html lang="{say.Tag}" dir="{say.Direction}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Encode(text.Subject)}</title></head>
            <body style="{Page}">
            <div style="{Card}{(text.Colour is { } rgb ? $";border-top:6px solid {new AccentColour(rgb)}" : "")}">
            <h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{Encode(text.Subject)}</h1>
            <p style="margin:0 0 20px">{Encode(text.Lead)}</p>

            """);
        if (text.Link is { } link)
        {
            html.Append(CultureInfo.InvariantCulture, $"""
                <p style="margin:0 0 12px"><a href="{Encode(link.Address)}" style="{Button}">{Encode(link.Label)}</a></p>
                <p style="margin:0 0 20px;{Small}">{Encode(link.Note)}</p>

                """);
        }

        foreach (var fact in text.Facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"""<p style="margin:0 0 4px;{Small}">{Encode(fact.Label)}: <strong><bdi>{Encode(fact.Value)}</bdi></strong></p>""").Append('\n');
        }

        return html.Append(CultureInfo.InvariantCulture, $"""
            <p style="margin:20px 0 0">{Encode(text.IfNotYou)}</p>
            <p style="margin:20px 0 0;padding-top:16px;border-top:1px solid #d9dce1;{Small}">{Encode(From(say))}</p>
            </div>
            </body>
            </html>

            """).ToString();
    }

    /// <summary>The server by the name that people see in their browser; never what a request called it.</summary>
    private string From(Language say) => say.T("Sent by the sign-in server at {0}.", issuer.Value);

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
