using AuthServer.Vault.Dialect;

namespace AuthServer.Pages.Connections;

/// <summary>Why an account could not be linked, as people and their developers read it.</summary>
/// <param name="CorrelationId">Of the request in which it failed.</param>
/// <param name="Provider">Null: nobody knows which.</param>
public sealed record ConnectFault(ProviderFault Fault, string? CorrelationId, string? Provider);
