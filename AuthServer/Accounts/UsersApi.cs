using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Accounts;

internal static class UsersApi
{
    public static void MapUsers(this RouteGroupBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users");
        users.MapPost("/register", (Body<NewAccount> body, Users users, HttpContext http, CancellationToken ct) => users.RegisterAsync(http, body.Value, ct))
            .Creates().WithName("registerUser").WithSummary("Make an account for a person.");
        users.MapPost("/login", (Body<Credentials> body, Users users, HttpContext http, CancellationToken ct) => users.LoginAsync(http, body.Value, ct))
            .WithName("loginUser").WithSummary("Sign in as a person, for a token of 15 minutes.");
        users.MapGet("/me", (Person person, Users users, CancellationToken ct) => users.FindAsync(person, ct))
            .WithName("getMe").WithSummary("Who the caller is.");
        users.MapPost("/me/end", (OptionalBody<PersonEnding> body, Person person, OwnAccount account, HttpContext http, CancellationToken ct) =>
                account.EndAsync(http, person, body.Value, ct))
            .WithName("endEverything").WithSummary("End every session and token of the caller.");
        users.MapGet("/{id}/data", (string id, Person person, AccountDownload download, CancellationToken ct) => download.ReadAsync(person, id, ct))
            .WithName("downloadData").WithSummary("Everything that is kept of the caller.");
        users.MapDelete("/{id}", (string id, Body<AccountRemoval> body, Person person, OwnAccount account, HttpContext http, CancellationToken ct) =>
                account.RemoveAsync(http, person, id, body.Value, ct))
            .WithName("removeAccount").WithSummary("Remove the caller's account for good.");
    }
}
