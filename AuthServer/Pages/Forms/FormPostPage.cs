using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace AuthServer.Pages.Forms;

/// <summary>The page that carries an authorization response to the client as a form (OAuth 2.0 Form Post Response Mode).
/// Its script is a file of ours; without scripts a person presses the button.</summary>
public static class FormPostPage
{
    /// <param name="action">The redirect URI.</param>
    public static string Render(string action, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var html = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="{Texts.Language.Tag}" dir="{Texts.Language.Direction}">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{Encode(Texts.T("Back to the application"))} – AuthServer</title>
              <link rel="icon" href="/logo.svg" type="image/svg+xml">
              <link rel="stylesheet" href="/site.css">
              <script src="/form-post.js" defer></script>
            </head>
            <body>
              <header class="top">
                <p class="brand"><img src="/logo.svg" alt="" width="32" height="32"> AuthServer</p>
              </header>
              <main class="shell" id="main">
                <div class="card">
                  <h1>{Encode(Texts.T("Back to the application"))}</h1>
                  <p class="lead">{Encode(Texts.T("You are on your way. If nothing happens, press the button."))}</p>

            """);
        html.Append("      <form id=\"answer\" method=\"post\" action=\"").Append(Encode(action)).Append("\">\n");
        foreach (var (name, value) in fields)
        {
            html.Append("        <input type=\"hidden\" name=\"").Append(Encode(name)).Append("\" value=\"").Append(Encode(value)).Append("\">\n");
        }

        return html.Append(CultureInfo.InvariantCulture, $"""
                    <button type="submit" class="button">{Encode(Texts.T("Continue"))}</button>
                  </form>
                </div>
              </main>
            </body>
            </html>

            """).ToString();
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
