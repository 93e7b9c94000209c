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
/// <c>policyId</c>, <c>targetId</c>, <c>from</c>, <c>to</c>, <c>cursor</c>; names in snake_case too, and AgentAuth's: <c>event_type</c>, <c>actor_id</c>,
/// <c>from_date</c>, <c>to_date</c>, <c>after</c>. Whose events, the caller does not say.</summary>
public sealed class AuditListing : IRefusable, IEndpointParameterMetadataProvider
{
    private const int LongestText = 400;

    private static readonly (string Name, string Description)[] Described =
    [
        ("agentId", "The agent that acted, or that was acted on: agt_…."), ("userId", "The person: usr_…."), ("clientId", "The OAuth client."),
        ("policyId", "The policy that decided: pol_…."), ("type", "The kind of event, such as token.issued."), ("outcome", "success (or allowed), denied."),
        ("kind", "What its type begins with, such as policy."), ("correlationId", "What belongs to one request."),
        ("scope", "One of the scopes concerned."), ("from", "A time such as 2026-01-31T12:00:00Z; not before it."), ("to", "Before this time."),
        ("targetId", "What it was done to, by its id."), ("cursor", "The nextCursor of the part before."),
        ("actor_id", "Another name for agentId or userId."), ("event_type", "Another name for type."), ("from_date", "Another name for from."),
        ("to_date", "Another name for to."), ("after", "Another name for cursor."),
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
            Type = Text(query, "type", "event_type"),
            Target = Text(query, "targetId"),
            Kind = Kind(query),
            CorrelationId = Text(query, "correlationId"),
            Outcome = Outcome(query),
            Scope = Text(query, "scope"),
            From = Moment(query, "from", "from_date"),
            To = Moment(query, "to", "to_date"),
            Cursor = Text(query, "cursor", "after"),
        };
        if (Text(query, "actor_id") is { } actor)
        {
            filter = WithActor(filter, actor);
        }

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

    private AuditFilter WithActor(AuditFilter filter, string actor)
    {
        if (Identifiers.Read("agt_", actor) is { } agent && (filter.AgentId ?? agent) == agent)
        {
            return filter with { AgentId = agent };
        }

        if (Identifiers.Read("usr_", actor) is { } user && (filter.UserId ?? user) == user)
        {
            return filter with { UserId = user };
        }

        Blame("actor_id", "Give the id of one agent or person.");
        return filter;
    }

    /// <param name="alias">Another system's name for it.</param>
    private string? Text(IQueryCollection query, string name, string? alias = null)
    {
        var values = query[name].Concat(query[JsonNamingPolicy.SnakeCaseLower.ConvertName(name)].Where(_ => name.Any(char.IsUpper)))
            .Concat(alias is null ? [] : query[alias].AsEnumerable()).ToArray();
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

    private string? Kind(IQueryCollection query)
    {
        var kind = Text(query, "kind");
        if (kind is null || AuditFilter.IsKind(kind))
        {
            return kind;
        }

        Blame("kind", "Give the beginning of a type, up to its dot.");
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

    private DateTimeOffset? Moment(IQueryCollection query, string name, string alias)
    {
        if (Text(query, name, alias) is not { } text)
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
