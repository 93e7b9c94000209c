using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Consents;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>RFC 6749 §3.1: <c>GET</c> and <c>POST /connect/authorize</c>. Pages return here; <see cref="AuthorizeStep.Next"/> says what comes next.</summary>
public sealed class AuthorizeEndpoint(
    AuthorizeRequests requests,
    Interactions interactions,
    SignInSessions sessions,
    Authorizations authorizations,
    Strength strength,
    CodeIssuer codes,
    PreAuthenticationLimit limit,
    TimeProvider clock)
{
    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        OAuthResponse.NoStore(http.Response);
        if ((await ReadAsync(http, ct)).Failed(out var error, out var parameters))
        {
            DisplayedError.Show(http, limit.Refuse(http, error));
            return;
        }

        if (parameters["request_id"] is { } id)
        {
            await ResumeAsync(http, id, ct);
            return;
        }

        // To meet a client may cost a request to a server that a stranger names: who is refused too much may not cause any.
        if (requests.MustFetch(parameters) && limit.WaitFor(http) is { } tooMany)
        {
            DisplayedError.Show(http, tooMany);
            return;
        }

        if ((await requests.IdentifyAsync(parameters, ct)).Failed(out error, out var redirect))
        {
            DisplayedError.Show(http, limit.Refuse(http, error));
            return;
        }

        if ((await requests.ValidateAsync(parameters, redirect, ct)).Failed(out error, out var request))
        {
            await codes.RefuseAsync(http, redirect, AuthorizeRequest.ResponseModeOf(parameters), error, null, ct);
            return;
        }

        if (!CrossSitePost.AskAgain(http, Routes.Authorize, parameters))
        {
            await AdvanceAsync(http, request, null, parameters, ct);
        }
    }

    private static Task<Result<Parameters>> ReadAsync(HttpContext http, CancellationToken ct) =>
        HttpMethods.IsPost(http.Request.Method) ? RequestForm.ReadAsync(http.Request, ct) : Task.FromResult(RequestForm.Query(http));

    private async Task ResumeAsync(HttpContext http, string id, CancellationToken ct)
    {
        if (await interactions.FindAsync(http, id, ct) is { } interaction)
        {
            await AdvanceAsync(http, interaction.Request, interaction, null, ct);
            return;
        }

        DisplayedError.Show(
            http,
            "This request has expired",
            "It waited too long, was answered already, or was begun in another browser. Go back to the application and start again.");
    }

    private async Task AdvanceAsync(HttpContext http, AuthorizeRequest request, Interaction? interaction, Parameters? parameters, CancellationToken ct)
    {
        var person = await sessions.ReadAsync(http);
        var remembered = person is null
            ? []
            : await authorizations.FindAsync(request.Client.Id, person.Subject, interaction?.Stored.AuthorizationId, ct);
        var factors = person is not null && request.AsksForStrength ? await strength.FactorsAsync(person.Subject, ct) : Factors.None;
        var step = AuthorizeStep.Next(request, person, interaction?.Stored, remembered, clock.GetUtcNow(), factors);
        switch (step)
        {
            case AuthorizeStep.Issue issue:
                await codes.IssueAsync(http, request, issue, interaction, ct);
                break;
            case AuthorizeStep.Refuse refuse:
                await codes.RefuseAsync(http, request.Redirect, request.ResponseMode, refuse.Error, interaction, ct);
                break;
            default:
                await ShowPageAsync(http, step, request, interaction, parameters, ct);
                break;
        }
    }

    private async Task ShowPageAsync(
        HttpContext http, AuthorizeStep step, AuthorizeRequest request, Interaction? interaction, Parameters? parameters, CancellationToken ct)
    {
        if (interaction is null && (await interactions.BeginAsync(http, parameters!.Encode(), request, ct)).Failed(out var error, out interaction))
        {
            DisplayedError.Show(http, error);
            return;
        }

        var page = step switch
        {
            AuthorizeStep.SignIn => Routes.SignIn,
            AuthorizeStep.SelectAccount => Routes.SelectAccount,
            AuthorizeStep.Consent => Routes.Consent,
            _ => throw new InvalidOperationException($"No page for {step.GetType().Name}."),
        };
        SeeOther.To(http, $"{page}?request_id={interaction!.Stored.Id}");
    }
}
