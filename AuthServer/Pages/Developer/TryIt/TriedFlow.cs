using AuthServer.Endpoints;
using AuthServer.Http.OpenApi;
using AuthServer.Pages.Forms;
using AuthServer.Protocol;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>One request of OAuth that can be tried: what is asked for, what goes along, and what the members mean.</summary>
/// <param name="Name">In addresses.</param>
/// <param name="Words">What it is for.</param>
/// <param name="Route">Where it goes.</param>
/// <param name="Fixed">Parameters that make it what it is.</param>
/// <param name="Asked">The parameters that are typed.</param>
internal sealed record TriedFlow(
    string Name, string Title, string Words, string Route, ProtocolOperation Operation, IReadOnlyList<KeyValuePair<string, string>> Fixed, IReadOnlyList<Question> Asked)
{
    public const string Code = "code";
    public const string ClientId = "client_id";

    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    private static readonly Dictionary<string, string> More = new(StringComparer.Ordinal)
    {
        ["subject_token"] = "In whose name: the token that is exchanged (RFC 8693 §2.1).",
        ["subject_token_type"] = "What kind of token that is.",
        ["actor_token"] = "Who acts: a token of the agent that it is passed on to.",
        ["actor_token_type"] = "What kind of token that is.",
        ["issued_token_type"] = "What kind of token was made (RFC 8693 §2.2.1).",
        ["assertion"] = "The JWT that stands for whoever asks (RFC 7523 §2.1); good once.",
        ["delegation_id"] = "What was delegated to this agent.",
        ["error"] = "One word for programs (RFC 6749 §5.2).",
        ["error_description"] = "The same in a sentence for developers.",
        ["error_uri"] = "Where the error is explained, with what to do about it.",
    };

    public static IReadOnlyList<TriedFlow> All =>
    [
        new("client-credentials", T("An agent for itself"), T("An agent asks for a token in its own name, with its id and secret."), Routes.Token, ProtocolDescriptions.Token,
            [new("grant_type", GrantTypes.ClientCredentials)], [Scope, Resource]),
        new(Code, T("In a person’s name"), T("A person agrees in the browser; the code that comes back is exchanged for tokens, with PKCE."), Routes.Token, ProtocolDescriptions.Token,
            [new("grant_type", GrantTypes.AuthorizationCode)], []),
        new("refresh", T("Refresh"), T("A refresh token gives new tokens, once. It is replaced by the one in the answer."), Routes.Token, ProtocolDescriptions.Token,
            [new("grant_type", GrantTypes.RefreshToken)], [Token("refresh_token", T("Refresh token")), Scope]),
        new("exchange", T("Exchange and delegation"), T("An agent exchanges a token that it was given for one of its own, in the same name and with no more rights."), Routes.Token,
            ProtocolDescriptions.Token, [new("grant_type", GrantTypes.TokenExchange), new("subject_token_type", AccessTokenType)],
            [Token("subject_token", T("Token to exchange")), Token("actor_token", T("Token of who acts")) with { Optional = true }, Scope, Resource]),
        new("delegation", T("By a delegation"), T("An agent names what another agent has delegated to it, and gets a token for that."), Routes.Token, ProtocolDescriptions.Token,
            [new("grant_type", GrantTypes.AgentDelegation)],
            [new("delegation_id", T("Delegation")) { Optional = false, MaxLength = 100, Hint = T("Its id: dlg_….") }, Scope, Resource]),
        new("assertion", T("By a certificate"), T("A program signs a JWT with a certificate’s key, and gets a token: the organization’s own, or that of an agent which it names."), Routes.Token,
            ProtocolDescriptions.Token, [new("grant_type", GrantTypes.JwtBearer)], [Token("assertion", T("Signed JWT")), Scope, Resource])
        {
            Client = [new(ClientId, T("Client ID")) { MaxLength = 400, Hint = T("Of the agent that the token is for: agc_…. Empty: the organization itself.") }],
        },
        new("introspect", T("Introspection"), T("An API asks whether a token is alive and what it allows."), Routes.Introspect, ProtocolDescriptions.Introspect, [],
            [Token("token", T("Token"))]),
        new("revoke", T("Revocation"), T("A client gives a token back: it and its family are dead at once."), Routes.Revoke, ProtocolDescriptions.Revoke, [],
            [Token("token", T("Token"))]),
    ];

    /// <summary>Who asks, and how they prove it.</summary>
    public IReadOnlyList<Question> Client { get; init; } = [Named, .. Proof];

    /// <summary>The client.</summary>
    public static Question Named => new(ClientId, T("Client ID")) { Optional = false, MaxLength = 400, Hint = T("Of an agent of yours: agc_…, or of an application.") };

    /// <summary>How it proves itself; asked of each request anew, and kept nowhere.</summary>
    public static IReadOnlyList<Question> Proof =>
    [
        new("client_secret", T("Client secret"), QuestionKind.Secret) { MaxLength = 400, Hint = T("It is sent with this one request and kept nowhere. Empty: a public client.") },
        new("client_assertion", T("Or a JWT that its own key signed"), QuestionKind.Text) { MaxLength = 16_000, Hint = T("For clients that have a key in place of a secret (private_key_jwt). Each is good once.") },
    ];

    public static Question Scope => new("scope", T("Scopes")) { MaxLength = 2000, Hint = T("With spaces between them. Empty: all that the client may have.") };

    private static Question Resource => new("resource", T("Resource")) { MaxLength = 2000, Hint = T("The API that the token is for, as its address. Empty: the usual one.") };

    /// <summary>Of the parameters with which the browser is sent away.</summary>
    public static string MeaningAtAuthorize(string name) => name switch
    {
        ClientId => "Who asks: the application or the agent that the person is asked about.",
        "response_type" => "What is to come back: a code, never a token (OAuth 2.1).",
        "code_challenge_method" => "How the challenge was made of the verifier: by SHA-256.",
        _ => ProtocolDescriptions.Authorize.Fields.FirstOrDefault(field => field.Name == name)?.Description ?? "",
    };

    public string MeaningOf(string name) =>
        Operation.Fields.FirstOrDefault(field => field.Name == name)?.Description ?? Operation.Answer?.FirstOrDefault(field => field.Name == name)?.Description ?? More.GetValueOrDefault(name) ?? "";

    private static Question Token(string path, string label) => new(path, label, QuestionKind.Text) { Optional = false, MaxLength = 16_000 };
}
