using System.Net;
using System.Text.Json;
using AuthServer.Delegations;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Policies;

/// <summary>An <see cref="EvaluationBody"/> that can be answered.</summary>
/// <param name="Ways">Each a set of scopes that would be enough.</param>
internal sealed record EvaluationQuestion(
    string AgentId, string? UserId, IReadOnlyList<IReadOnlyList<string>> Ways, string? Resource, IPAddress? Address, EvaluationContext Context)
{
    private const int MostActions = 100;
    private const int LongestResource = 400;

    /// <summary>Whether each policy's finding is asked for.</summary>
    public bool Explains { get; init; }

    /// <summary>What constraints are held against.</summary>
    public IReadOnlyDictionary<string, JsonElement> Stated { get; } = DelegationBounds.Stated(Context.Amount, Context.Currency, Context.Other);

    public static Answer<EvaluationQuestion> Read(EvaluationBody body)
    {
        var faults = new Faults();
        var (agentId, userId) = (Identifiers.Read("agt_", body.AgentId ?? ""), body.UserId is null ? null : Identifiers.Read("usr_", body.UserId));
        IReadOnlyList<string?> actions = [.. body.Actions ?? [], .. body.Action is null ? Array.Empty<string?>() : [body.Action]];
        var verb = body.Actions is null && Verbs.IsOne(body.Action) ? body.Action : null;
        faults.Add("agentId", agentId is null ? "Name an agent: agt_…" : null);
        faults.Add("userId", body.UserId is not null && userId is null ? "Name a person: usr_…" : null);
        faults.Add("actions", actions.Count is > 0 and <= MostActions && actions.All(ScopeNames.IsOne) ? null
            : $"Name 1 to {MostActions} scopes in action or actions, or one of {string.Join(", ", Verbs.All)} in action.");
        faults.Add("resource", body.Resource is null ? verb is null ? null : Sentence.Of("Say what is to be acted on: {0} is no scope.", verb)
            : IsResource(body.Resource) ? null : $"Use 1 to {LongestResource} characters.");
        IPAddress? address = null;
        faults.Add("context.ip", body.Context?.Ip is { } ip && !Network.TryAddress(ip, out address) ? "This is no IP address." : null);
        return faults.Problem is { } problem ? problem
            : new EvaluationQuestion(
                agentId!, userId, verb is null ? [[.. actions.OfType<string>()]] : [.. Verbs.Scopes(verb, body.Resource!).Select(scope => new[] { scope })], body.Resource, address,
                body.Context ?? new());
    }

    private static bool IsResource(string resource) => resource.Length is > 0 and <= LongestResource && !resource.Any(char.IsControl);
}
