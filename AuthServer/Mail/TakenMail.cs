namespace AuthServer.Mail;

/// <summary>A mail that this process is to send. No record: its content may hold a link that opens an account.</summary>
public sealed class TakenMail
{
    public required string Id { get; init; }

    public required string Recipient { get; init; }

    /// <summary>Sealed.</summary>
    public required byte[] Content { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>From 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When another may take it.</summary>
    public required DateTimeOffset Until { get; init; }
}
