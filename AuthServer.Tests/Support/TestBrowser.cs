using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace AuthServer.Tests.Support;

/// <summary>A browser without scripts: keeps cookies, follows redirects within the server, fills in forms.</summary>
public sealed class TestBrowser : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _server;
    private IHtmlFormElement? _languages;
    private (Uri Action, List<KeyValuePair<string, string>> Fields) _sent = (new Uri("about:blank"), []);

    public TestBrowser(TestServer server)
        : this(server.Address)
    {
    }

    public TestBrowser(Uri server)
    {
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = _server };
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>What is sent with every request.</summary>
    public System.Net.Http.Headers.HttpRequestHeaders Headers => _http.DefaultRequestHeaders;

    /// <summary>The last answer.</summary>
    public HttpResponseMessage Response { get; private set; } = new();

    /// <summary>Where it came from.</summary>
    public Uri Address { get; private set; } = new("about:blank");

    public IHtmlDocument Page { get; private set; } = new HtmlParser().ParseDocument("");

    /// <summary>Whether the page lets its reader choose a language.</summary>
    public bool OffersLanguages => _languages is not null;

    public string Text => Page.Body?.TextContent ?? "";

    /// <summary>Where the server wanted to send the browser outside itself; null while it stays.</summary>
    public Uri? Left { get; private set; }

    public Task GoAsync(string address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(_server, address)));

    /// <summary>Submits the page's form that has this button, or the first one, with these values in place of its own.</summary>
    public Task SubmitAsync(Dictionary<string, string?>? values = null, string? button = null)
    {
        var forms = Page.Forms.OfType<IHtmlFormElement>().ToArray();
        var form = button is null ? forms[0] : forms.First(form => Button(form, button) is not null);
        var fields = Fields(form).ToList();
        foreach (var (name, value) in values ?? [])
        {
            fields.RemoveAll(field => field.Key == name);
            if (value is not null)
            {
                fields.Add(new(name, value));
            }
        }

        if (button is not null && Button(form, button) is { Name.Length: > 0 } pressed)
        {
            fields.Add(new(pressed.Name, pressed.Value));
        }

        var action = form.GetAttribute("action") is { Length: > 0 } given ? new Uri(Address, given) : Address;
        _sent = (action, fields);
        return AgainAsync();
    }

    /// <summary>Sends what was submitted last once more, as a second click does.</summary>
    public Task AgainAsync() => SendAsync(new HttpRequestMessage(HttpMethod.Post, _sent.Action) { Content = new FormUrlEncodedContent(_sent.Fields) });

    /// <summary>Presses the button of a language at the end of the page; nothing else of it is sent.</summary>
    public Task ChooseLanguageAsync(string tag, string? back = null)
    {
        List<KeyValuePair<string, string>> fields = [.. Fields(_languages!).Where(field => field.Key != "back" || back is null), new("language", tag)];
        fields.AddRange(back is null ? [] : [new("back", back)]);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(Address, _languages!.GetAttribute("action")!)) { Content = new FormUrlEncodedContent(fields) });
    }

    public async Task SignInAsync(string email, string password)
    {
        await SubmitAsync(new() { ["Email"] = email, ["Password"] = password });
    }

    public async Task SendAsync(HttpRequestMessage request)
    {
        Left = null;
        for (var hops = 0; hops < 20; hops++)
        {
            Response = await _http.SendAsync(request);
            Address = request.RequestUri!;
            if (Response.Headers.Location is not { } location)
            {
                Page = new HtmlParser().ParseDocument(await Response.Content.ReadAsStringAsync());

                // It stands on every page, and is none of its own forms.
                _languages = Page.QuerySelector("form.languages") as IHtmlFormElement;
                _languages?.Remove();
                return;
            }

            var next = new Uri(Address, location);
            if (next.GetLeftPart(UriPartial.Authority) != _server.GetLeftPart(UriPartial.Authority))
            {
                Left = next;
                return;
            }

            request = new HttpRequestMessage(HttpMethod.Get, next);
        }

        throw new InvalidOperationException("The server redirects without end.");
    }

    public void Dispose() => _http.Dispose();

    private static IEnumerable<KeyValuePair<string, string>> Fields(IHtmlFormElement form)
    {
        foreach (var input in form.QuerySelectorAll("input, textarea, select").OfType<AngleSharp.Dom.IElement>())
        {
            var name = input.GetAttribute("name");
            if (string.IsNullOrEmpty(name) || input.HasAttribute("disabled") || (input is IHtmlInputElement { Type: "checkbox" or "radio" } box && !box.IsChecked))
            {
                continue;
            }

            if (input is not IHtmlInputElement { Type: "submit" or "button" })
            {
                yield return new(name, (input as IHtmlInputElement)?.Value ?? (input as IHtmlTextAreaElement)?.Value ?? (input as IHtmlSelectElement)?.Value ?? "");
            }
        }
    }

    private static IHtmlButtonElement? Button(IHtmlFormElement form, string text) =>
        form.QuerySelectorAll("button").OfType<IHtmlButtonElement>().FirstOrDefault(button => button.TextContent.Contains(text, StringComparison.OrdinalIgnoreCase));
}
