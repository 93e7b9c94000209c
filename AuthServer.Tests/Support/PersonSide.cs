using System.Net;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>One server where people sign in at a plain client, the portal, whose tokens of theirs agents exchange.</summary>
public sealed class PersonSide : IAsyncLifetime
{
    public const string Portal = "portal";
    public const string PortalRedirect = "https://portal.example/callback";

    /// <summary>An API's own client that may exchange tokens; the API is <see cref="Flows.Other"/>.</summary>
    public const string Gateway = "gateway";

    public static (string Key, string Value)[] Settings { get; } =
    [
        .. Flows.Client(4, Portal, ("ClientSecret", Flows.Secret), ("RedirectUris:0", PortalRedirect), ("GrantTypes:2", ChainSide.Exchange),
            ("Scopes:6", "email:read"), ("Scopes:7", "email:send"), ("Scopes:8", "delegations.write")),
        .. Flows.Client(5, Gateway, ("ClientSecret", Flows.Secret), ("RedirectUris:0", "https://gateway.example/callback"), ("GrantTypes:2", ChainSide.Exchange),
            ("Audiences:0", Flows.Other)),
        ("AuthServer:Tokens:Consent", "01:00:00"),
    ];

    /// <summary>Settings beside these.</summary>
    public (string Key, string Value)[] More { get; init; } = [];

    public ChainSide Chain { get; private set; } = null!;

    public TestServer Server => Chain.Server;

    public Task InitializeAsync()
    {
        Chain = new ChainSide { More = [.. Settings, .. More] };
        return Chain.InitializeAsync();
    }

    public Task DisposeAsync() => Chain.DisposeAsync();

    /// <summary>An agent that may do what these tests ask of agents.</summary>
    public Task<KeyedAgent> AgentAsync() => Chain.AgentAsync("email:read", "email:send", "delegations.write");

    /// <summary>Somebody who has granted nothing yet, signed in.</summary>
    public async Task<PortalPerson> PersonAsync()
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Name"] = "New Comer", ["Password"] = Flows.Password });
        return new PortalPerson(this, browser, await BrowserSide.SubjectAsync(browser));
    }

    /// <summary>A token request of the portal, or of another client with its secret.</summary>
    public async Task<RestAnswer> AskAsync(string clientId, params (string Name, string? Value)[] form) =>
        await RestAnswer.ReadAsync(await Flows.TokenAsync(Server, clientId, Flows.Secret, form));

    /// <summary>What the portal, or another client, exchanges with a token of the agent beside the person's.</summary>
    public async Task<RestAnswer> ExchangeAsync(string clientId, string subject, string? actor, params (string Name, string? Value)[] more) => await AskAsync(
        clientId,
        [
            ("grant_type", ChainSide.Exchange), ("subject_token", subject), ("subject_token_type", ChainSide.AccessToken), ("actor_token", actor),
            ("actor_token_type", actor is null ? null : ChainSide.AccessToken), .. more,
        ]);

    /// <summary>Why the last token request was refused.</summary>
    public async Task<string?> ReasonAsync()
    {
        // Of two refusals of one moment the trail does not say which was first.
        Server.Clock.Advance(TimeSpan.FromMilliseconds(2));
        return (await Chain.ReasonsAsync("token.refused"))[^1];
    }
}

/// <summary>A signed-in person, and what they let others do.</summary>
public sealed record PortalPerson(PersonSide Side, TestBrowser Browser, string Id)
{
    /// <summary>Lets the agent act by itself, for this server.</summary>
    public Task ConsentAsync(KeyedAgent agent, string scope) => AllowAsync(agent.ClientId, OrganizationSide.Redirect, ("scope", scope));

    /// <summary>Lets the agent act through the portal.</summary>
    public Task ConsentThroughPortalAsync(KeyedAgent agent, string scope, string? resource = null) =>
        AllowAsync(PersonSide.Portal, PersonSide.PortalRedirect, ("scope", scope), ("resource", resource), ("requested_actor", agent.Id));

    /// <summary>The portal's tokens of this person.</summary>
    /// <param name="actor">Who may act with the access token later.</param>
    public async Task<JsonElement> TokensAsync(string scope, KeyedAgent? actor = null, string? resource = null, params (string Name, string? Value)[] more) =>
        (await RedeemAsync(await AllowAsync(PersonSide.Portal, PersonSide.PortalRedirect, ("scope", scope), ("resource", resource)), [("requested_actor", actor?.Id), .. more]))
        .Is(HttpStatusCode.OK).Json;

    public async Task<string> TokenAsync(string scope, KeyedAgent? actor = null, string? resource = null) =>
        (await TokensAsync(scope, actor, resource)).GetProperty("access_token").GetString()!;

    public Task<RestAnswer> RedeemAsync(string code, params (string Name, string? Value)[] more) => Side.AskAsync(
        PersonSide.Portal,
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PersonSide.PortalRedirect), ("code_verifier", Flows.Verifier), .. more]);

    /// <summary>Asks for the person's consent, and gets it; the code.</summary>
    public async Task<string> AllowAsync(string clientId, string redirectUri, params (string Name, string? Value)[] replaced)
    {
        await Browser.GoAsync(Flows.AuthorizeUrl(clientId, redirectUri, replaced));
        if (Browser.Left is null)
        {
            BrowserSide.AssertAt(Browser, "/consent");
            await Browser.SubmitAsync(button: "Allow");
        }

        return BrowserSide.Answer(Browser)["code"];
    }

    /// <summary>Takes back all that this agent was let do; null: all that clients were in which no agent acts.</summary>
    public async Task TakeBackAsync(KeyedAgent? agent)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Browser.Cookies }) { BaseAddress = Side.Server.Address };
        var consents = JsonElement.Parse(await http.GetStringAsync($"/api/v1/users/{Id}/consents"));
        foreach (var consent in consents.GetProperty("data").EnumerateArray().Where(consent => ActorOf(consent) == agent?.Id))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/users/{Id}/consents/{consent.GetProperty("id").GetString()}/revoke");
            request.Headers.Add("Origin", Side.Server.Issuer);
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }
    }

    private static string? ActorOf(JsonElement consent) =>
        consent.TryGetProperty("agent", out var acting) && acting.ValueKind == JsonValueKind.Object ? acting.GetProperty("id").GetString() : null;
}
