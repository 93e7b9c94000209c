using System.Globalization;
using System.Reflection;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Audit;

/// <summary>Which events a caller of the API asks for: <c>agentId</c>, <c>userId</c>, <c>clientId</c>, <c>type</c>, <c>outcome</c>, <c>scope</c>,
/// <c>policyId</c>, <c>from</c>, <c>to</c>, <c>cursor</c>; names in snake_case too. Whose events, the caller does not say.</summary>
public sealed class AuditListing : IRefusable, IEndpointParameterMetadataProvider
{
    private const int LongestText = 200;

    private static readonly (string Name, string Description)[] Described =
    [
        ("agentId", "The agent that acted, or that was acted on: agt_…."), ("userId", "The person: usr_…."), ("clientId", "The OAuth client."),
        ("policyId", "The policy that decided: pol_…."), ("type", "The kind of event, such as token.issued."), ("outcome", "success (or allowed), denied."),
        ("scope", "One of the scopes concerned."), ("from", "A time such as 2026-01-31T12:00:00Z; not before it."), ("to", "Before this time."),
        ("cursor", "The nextCursor of the part before."),
    ];

    private readonly Dictionary<string, string[]> _faults = [];

    private AuditListing(IQueryCollection query) => Filter = Read(query);

    public AuditFilter Filter { get; }

    public Problem? Refusal => _faults.Count > 0 ? Problem.Invalid(_faults) : null;

    public static ValueTask<AuditListing> BindAsync(HttpContext http, ParameterInfo parameter) => ValueTask.FromResult(new AuditListing(http.Request.Query));

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        foreach (var (name, description) in Described)
        {
            builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, name, description));
        }
    }

    private AuditFilter Read(IQueryCollection query)
    {
        var filter = new AuditFilter
        {
            AgentId = Id(query, "agentId", "agt_"),
            UserId = Id(query, "userId", "usr_"),
            PolicyId = Id(query, "policyId", "pol_"),
            ClientId = Text(query, "clientId"),
            Type = Text(query, "type"),
            Outcome = Outcome(query),
            Scope = Text(query, "scope"),
            From = Moment(query, "from"),
            To = Moment(query, "to"),
            Cursor = Text(query, "cursor"),
        };
        if (filter.Cursor is { } cursor && !AuditQuery.IsCursor(cursor))
        {
            Blame("cursor", "Give the nextCursor of a page before.");
        }

        if (query.ContainsKey("offset"))
        {
            Blame("offset", "The trail is read on by cursor.");
        }

        if (filter.From >= filter.To)
        {
            Blame("to", "The end must come after the beginning.");
        }

        return filter;
    }

    private string? Text(IQueryCollection query, string name)
    {
        var values = query[name].Concat(query[JsonNamingPolicy.SnakeCaseLower.ConvertName(name)].Where(_ => name.Any(char.IsUpper))).ToArray();
        if (values is [])
        {
            return null;
        }

        if (values is [{ Length: > 0 and <= LongestText } text] && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            return text;
        }

        Blame(name, $"Give one value of at most {LongestText} characters.");
        return null;
    }

    private string? Id(IQueryCollection query, string name, string prefix)
    {
        if (Text(query, name) is not { } text)
        {
            return null;
        }

        var id = Identifiers.Read(prefix, text);
        if (id is null)
        {
            Blame(name, $"Give an id: {prefix}…");
        }

        return id;
    }

    private DateTimeOffset? Moment(IQueryCollection query, string name)
    {
        if (Text(query, name) is not { } text)
        {
            return null;
        }

        // A plus sign in a query is a space.
        if (DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            && moment.Year >= 1970)
        {
            return moment;
        }

        Blame(name, "Give a time such as 2026-01-31T12:00:00Z.");
        return null;
    }

    /// <summary>AgentGate's word for success is "allowed".</summary>
    private string? Outcome(IQueryCollection query)
    {
        var text = Text(query, "outcome");
        if (text is not (null or "allowed" or AuditOutcomes.Success or AuditOutcomes.Denied))
        {
            Blame("outcome", "Give success (or allowed) or denied.");
        }

        return text == "allowed" ? AuditOutcomes.Success : text;
    }

    private void Blame(string field, string sentence) => _faults[field] = [sentence];
}
