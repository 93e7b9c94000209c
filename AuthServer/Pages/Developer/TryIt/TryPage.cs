using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Clients;
using Microsoft.AspNetCore.Http;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>A page that sends one request of OAuth and explains what came of it.</summary>
[KeepsNothing]
public abstract class TryPage(Seats seats, OwnCalls own, IssuerUri issuer) : OrganizationPage(seats)
{
    internal TriedFlow Flow { get; private protected set; } = TriedFlow.All[0];

    /// <summary>Null: nothing was sent.</summary>
    internal TriedCall? Call { get; private set; }

    /// <summary>Who asked, to go on as the same; empty: nobody was named.</summary>
    public string ClientId { get; private set; } = "";

    public IReadOnlyList<Question> Asked { get; private protected set; } = [];

    /// <param name="typed">How the client proves itself, by the names of <see cref="TriedFlow.Client"/>.</param>
    private protected async Task SendAsync(IReadOnlyList<KeyValuePair<string, string>> more, string clientId, IReadOnlyDictionary<string, string> typed)
    {
        var (secret, assertion) = (typed.GetValueOrDefault("client_secret", ""), typed.GetValueOrDefault("client_assertion", ""));
        var (basic, form) = (secret.Length > 0, new List<KeyValuePair<string, string>>([.. Flow.Fixed, .. more]));
        if (!basic && clientId.Length > 0)
        {
            form.Add(new("client_id", clientId));
        }

        if (assertion.Length > 0)
        {
            form.AddRange([new("client_assertion_type", ClientCredentials.AssertionType), new("client_assertion", assertion)]);
        }

        ClientId = clientId;
        var sent = await HttpContext.OnceAsync<OwnAnswer>(async once => await own.SendAsync(HttpContext, Flow.Route, form, basic ? (clientId, secret) : null, once));
        if (sent.Failed(out var problem, out var answer))
        {
            Faults.Add(problem);
            return;
        }

        Call = TriedCall.Of(Flow, issuer.At(Flow.Route), form, basic, answer);
    }

    /// <summary>What was typed at a question that must be answered; empty, with a fault, where nothing was.</summary>
    private protected string Typed(IFormCollection form, Question question)
    {
        var typed = question.Kind == QuestionKind.Secret ? form[question.Path].ToString() : form[question.Path].ToString().Trim();
        if (typed.Length == 0 && !question.Optional)
        {
            Faults.Add(question.Path, T("{0} is needed.", question.Label));
        }

        return typed;
    }
}
