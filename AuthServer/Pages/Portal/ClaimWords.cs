using System.Globalization;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Portal;

/// <summary>What a token's claims mean, for whoever sees one for the first time.</summary>
public static class ClaimWords
{
    /// <summary>Null: its name says it.</summary>
    public static string? Of(string name, string value) => name switch
    {
        "iss" => T("Who made it: this server"),
        "sub" => T("In whose name it is used"),
        "aud" => T("Which API it is for"),
        "client_id" => T("By which client id it was asked for"),
        "scope" => T("What it allows"),
        "iat" => T("When it was made: {0}", Moment(value)),
        "nbf" => T("When it begins: {0}", Moment(value)),
        "exp" => T("When it ends by itself: {0}", Moment(value)),
        "jti" => T("Its own number, by which it is found in the trail"),
        "act" => T("Who acts"),
        "agent_type" => T("What kind of agent it is"),
        "trust_level" => T("How far the agent is trusted"),
        "org_id" => T("To which organization the agent belongs"),
        "authorization_id" => T("By which consent it came"),
        "delegation_id" => T("By which delegation it came"),
        "cnf" => T("The key that it is bound to"),
        "auth_time" => T("When the person signed in: {0}", Moment(value)),
        "acr" => T("How strongly the person signed in"),
        _ => null,
    };

    private static string Moment(string seconds) =>
        long.TryParse(seconds, CultureInfo.InvariantCulture, out var at) ? Durations.Moment(DateTimeOffset.FromUnixTimeSeconds(at)) : seconds;
}
