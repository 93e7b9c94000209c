using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Connections;

/// <summary>What connections leave in the trail: what was changed by its name, never what it was or is.</summary>
public static class ConnectionEvents
{
    public const string Created = "connection.created";
    public const string Updated = "connection.updated";
    public const string SecretChanged = "connection.secret_changed";
    public const string Activated = "connection.activated";
    public const string Deactivated = "connection.deactivated";
    public const string Restored = "connection.restored";
    public const string Imported = "connection.imported";
    public const string Tested = "connection.tested";
    public const string Deleted = "connection.deleted";

    /// <summary>Somebody looked at who may see, change and use it, and found it right.</summary>
    public const string AccessReviewed = "connection.access_reviewed";
    public const string CredentialsUpdated = "credentials.updated";

    /// <param name="changed">Paths.</param>
    /// <param name="more">Another number that says more: the version that was restored, the accounts that went with it.</param>
    /// <param name="account">The account that was used for it.</param>
    internal static AuditEvent Of(
        string type, HttpContext http, Developer developer, Connection row, DateTimeOffset now, IReadOnlyList<string>? changed = null, (string Name, int Value)? more = null, string? account = null)
    {
        var detail = new SortedDictionary<string, object?>(StringComparer.Ordinal) { ["provider"] = row.ProviderId, ["name"] = row.Name };
        if (developer.KeyId is { } key)
        {
            detail["key"] = key;
        }

        if (account is not null)
        {
            detail["account"] = account;
        }

        if (changed is { Count: > 0 })
        {
            detail["changed"] = changed;
        }

        if (more is { } number)
        {
            detail[number.Name] = number.Value;
        }

        return http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            OrganizationId = row.OrganizationId,
            Target = row.Id,
            Detail = JsonSerializer.Serialize(detail, ApiJson.Options),
        };
    }
}
