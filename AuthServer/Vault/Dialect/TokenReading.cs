using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What a token endpoint's answer came to: tokens, or a fault.</summary>
public sealed record TokenOutcome
{
    /// <summary>Null where there is a fault.</summary>
    public TokenSet? Tokens { get; init; }

    public ProviderFault? Fault { get; init; }

    /// <summary>The answer, for what it says of the account.</summary>
    public JsonElement? Body { get; init; }

    public override string ToString() => "TokenOutcome (redacted)";
}

/// <summary>Reads answers of token endpoints (RFC 6749 §5) in the provider's own dialect.</summary>
public static class TokenReading
{
    // Longer than any token lives: what says more is a mistake.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <param name="sentAt">When the request was begun: expiry counts from there, by our own clock.</param>
    /// <param name="asked">The scopes that were asked for; an answer that names none grants these (RFC 6749 §5.1).</param>
    /// <param name="before">What is refreshed; null: a code was redeemed. What the answer leaves out is carried on from it.</param>
    public static TokenOutcome Read(ProviderApp app, OutboundResult answer, DateTimeOffset sentAt, IReadOnlyList<string>? asked, TokenSet? before)
    {
        if (answer.Failure is not null)
        {
            return new TokenOutcome { Fault = FaultJudgement.OfFailure(answer.Failure) };
        }

        var body = AnswerBody.Read(answer);
        if (!IsSuccess(app.OAuth.Token.Answer, answer, body))
        {
            return new TokenOutcome { Fault = FaultJudgement.OfToken(app.OAuth, answer, body, isRefresh: before is not null), Body = body };
        }

        return Take(app, body!.Value, sentAt, asked, before);
    }

    /// <summary>The parameters of a fragment are read as an answer is.</summary>
    public static TokenOutcome ReadFragment(ProviderApp app, IReadOnlyDictionary<string, string> parameters, DateTimeOffset now, IReadOnlyList<string>? asked)
    {
        var body = JsonSerializer.SerializeToElement(parameters);
        return ValuePath.FindText(body, app.OAuth.Token.Answer.AccessToken) is { Length: > 0 }
            ? Take(app, body, now, asked, null)
            : new TokenOutcome { Fault = ProviderFaults.Malformed, Body = body };
    }

    /// <summary>Reads the answer to a refresh of the second token: it stands where the first answer had it, or where an answer has its only one.</summary>
    /// <param name="before">The second token that is refreshed.</param>
    public static TokenOutcome ReadSecond(ProviderApp app, OutboundResult answer, DateTimeOffset sentAt, TokenSet before)
    {
        if (answer.Failure is not null)
        {
            return new TokenOutcome { Fault = FaultJudgement.OfFailure(answer.Failure) };
        }

        var body = AnswerBody.Read(answer);
        if (!IsSuccess(app.OAuth.Token.Answer, answer, body))
        {
            return new TokenOutcome { Fault = FaultJudgement.OfToken(app.OAuth, answer, body, isRefresh: true), Body = body };
        }

        if (SecondOf(app, body!.Value, sentAt) is { } apart)
        {
            return new TokenOutcome { Tokens = apart with { RefreshToken = apart.RefreshToken ?? before.RefreshToken, Scopes = apart.Scopes ?? before.Scopes }, Body = body };
        }

        var usual = app.OAuth.Token.Answer;
        var access = ValuePath.FindText(body, usual.AccessToken)!;
        var tokens = new TokenSet
        {
            AccessToken = access,
            RefreshToken = ValuePath.FindText(body, usual.RefreshToken) is { Length: > 0 } given ? given : before.RefreshToken,
            ExpiresAt = ExpiryOf(app, body.Value, usual.ExpiresIn, access, sentAt),
            Scopes = ScopeGrants.Granted(app.OAuth.Scopes, body, usual.Scope) ?? before.Scopes,
        };
        return new TokenOutcome { Tokens = tokens, Body = body };
    }

    private static TokenOutcome Take(ProviderApp app, JsonElement body, DateTimeOffset sentAt, IReadOnlyList<string>? asked, TokenSet? before)
    {
        if (AccountFields.OfToken(app.Provider, body, before?.Fields, out var fields) is { } fault)
        {
            return new TokenOutcome { Fault = fault, Body = body };
        }

        var rules = app.OAuth.Token.Answer;
        var access = ValuePath.FindText(body, rules.AccessToken)!;
        var refresh = ValuePath.FindText(body, rules.RefreshToken) is { Length: > 0 } given ? given : null;
        var tokens = new TokenSet
        {
            AccessToken = access,

            // What the answer leaves out goes on: most refresh answers hold no refresh token, and many no scope.
            RefreshToken = refresh ?? before?.RefreshToken,
            PreviousRefreshToken = refresh is not null && refresh != before?.RefreshToken ? before?.RefreshToken : before?.PreviousRefreshToken,
            ExpiresAt = ExpiryOf(app, body, rules.ExpiresIn, access, sentAt),
            RefreshExpiresAt = RefreshExpiryOf(app, body, sentAt, before),
            Scopes = ScopeGrants.Granted(app.OAuth.Scopes, body, rules.Scope) ?? before?.Scopes ?? (app.OAuth.Scopes.Sent && before is null ? asked : null),
            Fields = fields,
            Labels = before?.Labels,
            Secondary = SecondOf(app, body, sentAt) ?? before?.Secondary,
        };
        return new TokenOutcome { Tokens = tokens, Body = body };
    }

    private static bool IsSuccess(TokenAnswer rules, OutboundResult answer, JsonElement? body) =>
        body is { ValueKind: JsonValueKind.Object }
        && ValuePath.FindText(body, rules.AccessToken) is { Length: > 0 }
        && (rules.Success.Count > 0
            ? AnswerRule.AnyFits(rules.Success, answer.Status, answer.Header, body)
            : answer.Status is >= 200 and < 300 && ValuePath.FindText(body, rules.Error) is null or "");

    private static TokenSet? SecondOf(ProviderApp app, JsonElement body, DateTimeOffset sentAt) =>
        app.OAuth.Token.Answer.Second is { } second && ValuePath.FindText(body, second.AccessToken) is { Length: > 0 } access

            // Where there is only one in the answer, it is the first.
            && access != ValuePath.FindText(body, app.OAuth.Token.Answer.AccessToken)
            ? new TokenSet
            {
                AccessToken = access,
                RefreshToken = ValuePath.FindText(body, second.RefreshToken),
                ExpiresAt = ExpiryOf(app, body, second.ExpiresIn, access, sentAt),
                Scopes = ScopeGrants.Granted(app.OAuth.Scopes, body, second.Scope),
            }
            : null;

    private static DateTimeOffset? ExpiryOf(ProviderApp app, JsonElement body, string? path, string access, DateTimeOffset sentAt)
    {
        if (app.Settings.TokenLifetime is { } ours)
        {
            return sentAt.AddSeconds(ours);
        }

        foreach (var source in app.OAuth.Token.Expiry)
        {
            var found = source switch
            {
                ExpirySource.ExpiresIn => SecondsOf(body, path) is { } seconds ? sentAt + seconds : null,
                ExpirySource.Jwt => JwtExpiry(access),
                _ => (DateTimeOffset?)null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        // Where the provider can be asked, it is asked first.
        return app.OAuth.Token.DefaultLifetime is { } lifetime && !app.OAuth.Token.Expiry.Contains(ExpirySource.Introspection) ? sentAt.AddSeconds(lifetime) : null;
    }

    // What is known of the grant's end stays, whatever is refreshed in between; a new refresh token that says its own end replaces it.
    private static DateTimeOffset? RefreshExpiryOf(ProviderApp app, JsonElement body, DateTimeOffset sentAt, TokenSet? before) =>
        SecondsOf(body, app.OAuth.Token.Answer.RefreshExpiresIn) is { } told ? sentAt + told
        : before is not null ? before.RefreshExpiresAt
        : app.OAuth.Refresh.AbsoluteSeconds is { } absolute ? sentAt.AddSeconds(absolute)
        : null;

    /// <summary>A number, or a text that is one; null: it is neither, or nonsense.</summary>
    private static TimeSpan? SecondsOf(JsonElement body, string? path) =>
        ValuePath.FindText(body, path) is { } text && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds > 0 && seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(Math.Floor(seconds)) : null;

    /// <summary>The <c>exp</c> of an access token that is a JWT. It is only a hint: nobody here can verify it, and nothing is allowed by it.</summary>
    private static DateTimeOffset? JwtExpiry(string token) => MomentOf(ClaimsOf(token), "exp");

    /// <summary>Seconds since 1970, in an answer or a token; null: there are none, or they are no moment.</summary>
    internal static DateTimeOffset? MomentOf(JsonElement? body, string? path) =>
        long.TryParse(ValuePath.FindText(body, path), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>The claims of a JWT, unverified: of an ID token that came from the provider itself over TLS (OpenID Connect Core §3.1.3.7, 6.). Null: it is none.</summary>
    public static JsonElement? ClaimsOf(string? token)
    {
        if (token?.Split('.') is not [_, var payload, _] || !Base64Url.IsValid(payload))
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(Base64Url.DecodeFromChars(payload));
        }
        catch (JsonException)
        {
            // The parser's way to say that it is none.
            return null;
        }
    }
}
