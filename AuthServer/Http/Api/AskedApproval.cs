using System.Text.Json;

namespace AuthServer.Http.Api;

/// <summary>The question to a person that stands between an agent and what it wants to do.</summary>
/// <param name="Id"><c>apr_…</c></param>
/// <param name="Url">The page on which the person answers.</param>
/// <param name="ExpiresAt">Until when the question, or the answer, stands.</param>
public sealed record AskedApproval(string Id, string Url, DateTimeOffset ExpiresAt)
{
    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("approval_id"u8, Id);
        json.WriteString("approval_url"u8, Url);
        json.WriteString("expires_at"u8, ExpiresAt.ToUniversalTime());
    }
}
