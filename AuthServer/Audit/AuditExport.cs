using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Audit;

/// <summary>Writes an organization's part of the trail as it is read, one line for each event: JSON, or CSV for a spreadsheet.</summary>
public sealed partial class AuditExport(AuditQuery query, IAuditTrail trail, TimeProvider clock)
{
    private const int FlushAt = 32 * 1024;

    private static readonly string[] Header =
    [
        "id", "timestamp", "type", "outcome", "agentId", "userId", "clientId", "organizationId", "scope", "policyId", "reason", "ipAddress", "userAgent",
        "correlationId", "target", "details", "personal",
    ];

    /// <param name="format"><c>ndjson</c> (or null) or <c>csv</c>.</param>
    public async Task WriteAsync(HttpContext http, Developer developer, AuditFilter filter, string? format, CancellationToken ct)
    {
        if (format is not (null or "ndjson" or "csv"))
        {
            await Answer.WriteProblemAsync(http, Problem.Invalid("format", "Give ndjson or csv."));
            return;
        }

        var exported = http.Event(TrailEvents.Exported, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            AgentId = filter.AgentId,
            Reason = format ?? "ndjson",
            Detail = developer.Known?.Detail,
        };
        await WriteAsync(http, exported, filter with { OrganizationId = developer.OrganizationId }, format, ct);
    }

    /// <summary>The same of whatever part of the trail an administrator asks for.</summary>
    /// <param name="format"><c>ndjson</c> or <c>csv</c>.</param>
    public Task WriteAllAsync(HttpContext http, string administratorId, AuditFilter filter, string format, CancellationToken ct) => WriteAsync(
        http, http.Event(TrailEvents.Exported, AuditOutcomes.Success, clock.GetUtcNow()) with { Subject = administratorId, AgentId = filter.AgentId, Reason = format }, filter, format, ct);

    private async Task WriteAsync(HttpContext http, AuditEvent exported, AuditFilter filter, string? format, CancellationToken ct)
    {
        await trail.AppendAsync(exported, ct);
        var csv = format == "csv";
        http.Response.ContentType = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{(csv ? "csv" : "ndjson")}\"";
        await WriteAsync(http.Response.BodyWriter, query.AllAsync(filter, ct), csv, ct);
    }

    private static async Task WriteAsync(PipeWriter output, IAsyncEnumerable<AuditEntry> entries, bool csv, CancellationToken ct)
    {
        if (csv)
        {
            WriteLine(output, Header);
        }

        await foreach (var entry in entries)
        {
            if (csv)
            {
                WriteLine(output, Fields(entry));
            }
            else
            {
                output.Write(JsonSerializer.SerializeToUtf8Bytes(entry, ApiJson.Options));
                output.Write("\n"u8);
            }

            if (output.UnflushedBytes >= FlushAt)
            {
                await output.FlushAsync(ct);
            }
        }

        await output.FlushAsync(ct);
    }

    private static string?[] Fields(AuditEntry entry) =>
    [
        entry.Id, entry.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.Type, entry.Outcome, entry.AgentId, entry.UserId,
        entry.ClientId, entry.OrganizationId, entry.Scope, entry.PolicyId, entry.Reason, entry.IpAddress, entry.UserAgent, entry.CorrelationId, entry.Target,
        entry.Details?.GetRawText(), entry.Personal?.GetRawText(),
    ];

    /// <summary>RFC 4180 §2.</summary>
    private static void WriteLine(PipeWriter output, string?[] fields)
    {
        var line = new StringBuilder();
        foreach (var field in fields)
        {
            line.Append(line.Length > 0 ? ",\"" : "\"").Append(Harmless(field).Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        Encoding.UTF8.GetBytes(line.Append("\r\n").ToString(), output);
    }

    /// <summary>A spreadsheet takes a field that begins like this for a formula, and callers choose some of the words. Where it splits fields at other
    /// characters than ours, they begin in the middle of these.</summary>
    private static string Harmless(string? field)
    {
        var harmless = FormulaStarts().Replace(field ?? "", "$&'");
        return harmless is ['\t' or '\r' or '\n', ..] ? "'" + harmless : harmless;
    }

    [GeneratedRegex("(?:^|[;|\t\r\n])\"*(?=[=+\\-@＝＋－＠])")]
    private static partial Regex FormulaStarts();
}
