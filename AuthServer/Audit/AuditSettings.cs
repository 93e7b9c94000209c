namespace AuthServer.Audit;

/// <param name="Retention">How long events are kept that belong to no organization, or to one without a retention of its own; null: for ever.</param>
public sealed record AuditSettings(TimeSpan? Retention = null);
