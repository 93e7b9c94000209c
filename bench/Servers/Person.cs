using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Web;

namespace AuthServer.Bench.Servers;

/// <summary>A person's browser without a browser: signs in and consents by the pages' own forms. Only for the preparation.</summary>
public sealed class Person : IDisposable
{
    private const int MaxSteps = 10;

    private readonly Uri _server;
    private readonly string _email;
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;
    private bool _consented;

    /// <param name="email">Whose password is the bench's secret.</param>
    public Person(Uri server, string email = RealServer.Email)
    {
        (_server, _email) = (server, email);
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false });
    }

    /// <summary>The session, for raw requests; with its line end.</summary>
    public async Task<string> CookieHeaderAsync()
    {
        await ConsentAsync();
        return $"Cookie: {_cookies.GetCookieHeader(_server)}\r\n";
    }

    /// <summary>Goes through the whole flow and returns one member of the token answer.</summary>
    /// <exception cref="InvalidOperationException">The server answered something else.</exception>
    public async Task<string> TokenAsync(string scope, string member)
    {
        await ConsentAsync();
        var code = await CodeAsync(scope);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server, "/connect/token"));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{RealServer.WebId}:{RealServer.Secret}")));
        request.Content = new StringContent(
            Scenarios.RedeemForm + Uri.EscapeDataString(code), new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        using var json = answer.IsSuccessStatusCode ? JsonDocument.Parse(text) : null;
        return json is not null && json.RootElement.TryGetProperty(member, out var value)
            ? value.GetString()!
            : throw new InvalidOperationException($"No {member}: {(int)answer.StatusCode} {text}");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Signs in and consents once to all that is asked later: what is measured needs no page any more.</summary>
    private async Task ConsentAsync()
    {
        if (!_consented)
        {
            await CodeAsync($"openid offline_access {RealServer.Scope}");
            _consented = true;
        }
    }

    private async Task<string> CodeAsync(string scope)
    {
        var url = new Uri(_server, "/connect/authorize" + Scenarios.AuthorizeQuery(scope, "prepare"));
        var answer = await _http.GetAsync(url);
        for (var step = 0; step < MaxSteps; step++)
        {
            if (answer.Headers.Location is { } location)
            {
                url = new Uri(url, location);
                if (url.AbsoluteUri.StartsWith(RealServer.Callback, StringComparison.Ordinal))
                {
                    return HttpUtility.ParseQueryString(url.Query)["code"] ?? throw new InvalidOperationException($"Refused: {url.Query}");
                }

                answer = await _http.GetAsync(OfServer(url));
                continue;
            }

            var page = await answer.Content.ReadAsStringAsync();
            var form = HtmlForm.Find(page) ?? throw new InvalidOperationException($"{url.AbsolutePath} has no form: {(int)answer.StatusCode} {page}");
            url = OfServer(new Uri(url, form.Action ?? url.PathAndQuery));
            answer = await _http.PostAsync(url, new FormUrlEncodedContent(form.Fill(_email, RealServer.Secret)));
        }

        throw new InvalidOperationException($"The pages lead nowhere; the last was {url.AbsolutePath}.");
    }

    private Uri OfServer(Uri url) =>
        url.Authority == _server.Authority ? url : throw new InvalidOperationException($"A page leads away to {url}.");
}
