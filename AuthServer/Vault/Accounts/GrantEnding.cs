using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;

namespace AuthServer.Vault.Accounts;

/// <summary>A grant that is still to be taken back at its provider, after its account is gone: all that this needs, and nothing else of it.</summary>
public sealed class GrantEnding
{
    public const string IdPrefix = "gend_";

    /// <summary><c>gend_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    public string ConnectionId { get; set; } = "";

    public string AccountId { get; set; } = "";

    public string ProviderId { get; set; } = "";

    /// <summary>Sealed <see cref="EndingCalls"/>.</summary>
    public string Calls { get; set; } = "";

    public int Attempts { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public SecretPlace CallsPlace => new("GrantEndings", nameof(Calls), Id);
}

/// <summary>The requests by which a grant ends, as they are sent. The connection that they were made by may be gone.</summary>
/// <param name="Rules">By which an answer is read.</param>
internal sealed record EndingCalls(IReadOnlyList<EndingCall> Calls, RevocationRules Rules)
{
    public override string ToString() => "EndingCalls (redacted)";
}

internal sealed record EndingCall(string Method, Uri Address, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[]? Body, string? ContentType)
{
    public override string ToString() => "EndingCall (redacted)";
}
