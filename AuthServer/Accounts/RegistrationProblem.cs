using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>Why no account was made, in the API's words.</summary>
internal static class RegistrationProblem
{
    public static Problem Of(HttpContext http, RegistrationOutcome outcome) => outcome switch
    {
        RegistrationOutcome.Invalid invalid => Problem.Invalid(invalid.Faults.ToDictionary(
            fault => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(fault.Key), fault => new[] { fault.Value })),
        RegistrationOutcome.Wait wait => ApiSignIn.TooMany(http, wait.For),
        _ => Closed,
    };

    public static Problem Closed { get; } = Problem.Forbidden("sign_up_closed", "This server is by invitation, and no invitation that is good was sent.");
}
