namespace AuthServer.Webhooks;

/// <param name="Enabled">Whether messages are sent at all.</param>
/// <param name="Attempts">How often one message is sent before it is given up.</param>
/// <param name="DisableAfter">How long nothing may have reached a webhook before it is disabled.</param>
/// <param name="LogKept">How long deliveries stay in the log.</param>
public sealed record WebhookSettings(bool Enabled, int Attempts, TimeSpan DisableAfter, TimeSpan LogKept);
