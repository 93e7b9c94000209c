using System.Collections.Concurrent;
using System.Globalization;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;

namespace AuthServer.Audit;

/// <summary>The SQL of a filter. One condition leads into an index that is ordered by id; it is written as the index's own condition is.
/// The others are written so that no index tempts the planner.</summary>
internal sealed class AuditSelection
{
    /// <summary>How many events are looked at for one part: as many as take some milliseconds.</summary>
    public const int MostLookedAt = 20_000;

    internal const string Columns =
        "\"Id\", \"At\", \"Type\", \"Outcome\", \"AgentId\", \"Subject\", \"ClientId\", \"OrganizationId\", \"Scope\", \"PolicyId\", \"Reason\", \"Address\", "
        + "\"UserAgent\", \"CorrelationId\", \"Target\", \"Detail\", \"Personal\"";

    // Connections keep a prepared command for each statement, so that those for the same filters are one. There are as many as shapes of filters.
    private static readonly ConcurrentDictionary<string, Statement> Statements = [];

    private readonly List<string> _seek = [];
    private readonly List<string> _rest = [];
    private readonly List<object?> _values = [];
    private readonly int _seekValues;

    public AuditSelection(AuditFilter filter)
    {
        Seek(filter);
        Bound("<", filter.Cursor);
        Bound(">=", filter.From is { } from ? Identifiers.First("aud_", from) : null);
        Bound("<", filter.To is { } to ? Identifiers.First("aud_", to) : null);
        _seekValues = _values.Count;
        Filter(filter);
    }

    /// <summary>Whether some of the events that the index leads to may not match.</summary>
    public bool HasRest => _rest.Count > 0;

    /// <summary>The id at which a search may rest; nothing where it can go through to the end.</summary>
    public (Statement Statement, object?[] Values) RestingPlace() => (
        Prepare(string.Create(
            CultureInfo.InvariantCulture, $"SELECT \"Id\" FROM \"AuditEvents\" WHERE {Where(_seek)} ORDER BY \"Id\" DESC LIMIT 1 OFFSET {MostLookedAt - 1}")),
        [.. _values.Take(_seekValues)]);

    /// <param name="last">The least id to look at; null: all.</param>
    public (Statement Statement, object?[] Values) Entries(string? last, int limit)
    {
        Bound(">=", last);
        var count = Parameter(limit);
        return (Prepare($"SELECT {Columns} FROM \"AuditEvents\" WHERE {Where(_seek.Concat(_rest))} ORDER BY \"Id\" DESC LIMIT {count}"), [.. _values]);
    }

    private void Seek(AuditFilter filter)
    {
        if (filter.UserId is { } user)
        {
            _seek.Add($"\"Subject\" = {Parameter(user)} AND \"Subject\" LIKE 'usr_%'");
        }
        else if (filter.AgentId is { } agent)
        {
            _seek.Add($"\"AgentId\" = {Parameter(agent)}");
        }
        else if (filter.OrganizationId is { } organization)
        {
            _seek.Add($"\"OrganizationId\" = {Parameter(organization)}");
            if (filter.Outcome == AuditOutcomes.Denied)
            {
                _seek.Add("\"Outcome\" = 'denied'");
            }
        }
    }

    private void Filter(AuditFilter filter)
    {
        var (byUser, byAgent) = (filter.UserId is not null, filter.UserId is null && filter.AgentId is not null);
        var byOrganization = !byUser && !byAgent && filter.OrganizationId is not null;
        Rest("\"AgentId\"", byAgent ? null : filter.AgentId);
        Rest("\"OrganizationId\"", byOrganization ? null : filter.OrganizationId);
        Rest("\"Outcome\"", byOrganization && filter.Outcome == AuditOutcomes.Denied ? null : filter.Outcome);
        Rest("\"ClientId\"", filter.ClientId);
        Rest("\"Type\"", filter.Type);
        Rest("\"PolicyId\"", filter.PolicyId);
        Rest("\"Target\"", filter.Target);
        Rest("\"CorrelationId\"", filter.CorrelationId);
        if (filter.Kind is { } kind)
        {
            _rest.Add(string.Create(CultureInfo.InvariantCulture, $"substr(\"Type\", 1, {kind.Length + 1}) = {Parameter(kind + ".")}"));
        }

        if (filter.About is { } about)
        {
            // With case, and with nothing that a pattern would make of it.
            var id = Parameter(about);
            _rest.Add($"(\"Target\" || '' = {id} OR replace(\"Detail\", {id}, '') <> \"Detail\")");
        }

        if (filter.Types.Count > 0)
        {
            _rest.Add($"\"Type\" || '' IN ({string.Join(", ", filter.Types.Select(Parameter))})");
        }

        if (!byUser && !byAgent && !byOrganization)
        {
            _rest.Add("\"Type\" <> ''"); // not the stubs, which tell nothing
        }

        if (filter.Scope is { } scope)
        {
            // As a whole word, and on every database with case.
            var word = Parameter($" {scope} ");
            _rest.Add($"replace(' ' || \"Scope\" || ' ', {word}, '') <> ' ' || \"Scope\" || ' '");
        }
    }

    private void Bound(string comparison, string? id)
    {
        if (id is not null)
        {
            _seek.Add($"\"Id\" {comparison} {Parameter(id)}");
        }
    }

    private void Rest(string column, string? value)
    {
        if (value is not null)
        {
            _rest.Add($"{column} || '' = {Parameter(value)}");
        }
    }

    private string Parameter(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${_values.Count}");
    }

    private static string Where(IEnumerable<string> conditions) => string.Join(" AND ", conditions.DefaultIfEmpty("1 = 1"));

    private static Statement Prepare(string sql) => Statements.GetOrAdd(sql, static sql => new Statement(sql));
}
