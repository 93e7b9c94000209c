using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints.Rest;

/// <summary>The protocol's errors as the REST API tells them.</summary>
internal static class RestErrors
{
    public static Problem Of(OAuthError error) => new(
        error.Code switch
        {
            "invalid_client" => StatusCodes.Status401Unauthorized,
            "server_error" => StatusCodes.Status500InternalServerError,
            TooManyRequests.Code => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status400BadRequest,
        },
        error.Code,
        error.Description);
}
