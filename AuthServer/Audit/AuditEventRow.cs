using System.Security.Cryptography;
using AuthServer.Audit.Chain;
using AuthServer.Protocol.State;

namespace AuthServer.Audit;

/// <summary>An event of the trail, as it is stored. Append-only: its values are set once, by <see cref="From"/>, and its place when it is written.</summary>
public sealed class AuditEventRow
{
    private AuditEventRow()
    {
    }

    public string Id { get; private set; } = "";

    public DateTimeOffset At { get; private set; }

    /// <summary>Empty in a stub: an event of which only its place in the chain was kept.</summary>
    public string Type { get; private set; } = "";

    public string Outcome { get; private set; } = "";

    public string? Subject { get; private set; }

    public string? ClientId { get; private set; }

    public string? AgentId { get; private set; }

    public string? OrganizationId { get; private set; }

    public string? Target { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>Separated by spaces.</summary>
    public string? Scope { get; private set; }

    public string? PolicyId { get; private set; }

    public string? CorrelationId { get; private set; }

    /// <summary>A JSON object.</summary>
    public string? Detail { get; private set; }

    public string? Address { get; private set; }

    public string? UserAgent { get; private set; }

    /// <summary>A JSON object of personal values; erased with <see cref="Address"/> and <see cref="UserAgent"/>.</summary>
    public string? Personal { get; private set; }

    /// <summary>The name of the chain that it stands in, and its place there, from 1.</summary>
    public string Writer { get; private set; } = "";

    /// <inheritdoc cref="Writer"/>
    public long Sequence { get; private set; }

    /// <summary>16 octets; null where there are no personal values, or no more.</summary>
    public byte[]? Salt { get; private set; }

    /// <summary>SHA-256 over salt and personal values; it stays when they are erased.</summary>
    public byte[]? Commitment { get; private set; }

    /// <summary>SHA-256 over everything else, <see cref="EventDigest"/>.</summary>
    public byte[] Digest { get; private set; } = [];

    /// <summary>SHA-256 over the hash of the event before it and its own digest.</summary>
    public byte[] Hash { get; private set; } = [];

    /// <summary>The event with its digest, ready to be written. The work is done here, before a writer is kept waiting.</summary>
    public static AuditEventRow From(AuditEvent entry)
    {
        var row = new AuditEventRow
        {
            Id = entry.Id,

            // As much as every database keeps: microseconds.
            At = new DateTimeOffset(entry.At.UtcTicks - (entry.At.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
            Type = entry.Type,
            Outcome = entry.Outcome,
            Subject = AuditText.Fit(entry.Subject, 400),
            ClientId = AuditText.Fit(entry.ClientId, 400),
            AgentId = AuditText.Fit(entry.AgentId, 100),
            OrganizationId = AuditText.Fit(entry.OrganizationId, 100),
            Target = AuditText.Fit(entry.Target, 400),
            Reason = AuditText.Fit(entry.Reason, 100),
            Scope = AuditText.Fit(entry.Scope),
            PolicyId = AuditText.Fit(entry.PolicyId, 100),
            CorrelationId = AuditText.Fit(entry.CorrelationId, 100),
            Detail = AuditText.Fit(entry.Detail),
            Address = AuditText.Fit(entry.Address, 64),
            UserAgent = AuditText.Fit(entry.UserAgent, 200),
            Personal = AuditText.Fit(entry.Personal),
        };
        row.Seal();
        return row;
    }

    /// <summary>Gives it its place; it may be given another before it is stored.</summary>
    internal void Place(ChainHead head) => (Writer, Sequence, Hash) = (head.Writer, head.Sequence, head.Hash);

    private void Seal()
    {
        var salt = RandomNumberGenerator.GetBytes(EventDigest.SaltLength);
        Commitment = EventDigest.Commitment(this, salt);
        Salt = Commitment is null ? null : salt;
        Digest = EventDigest.Of(this);
    }
}
