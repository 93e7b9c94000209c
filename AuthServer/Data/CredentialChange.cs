using AuthServer.Applications;

namespace AuthServer.Data;

/// <summary>How an application that proves itself by secrets or keys will do so from now on.</summary>
/// <param name="Expected">The application's concurrency token as it was read: of two changes at once, one holds.</param>
/// <param name="ConcurrencyToken">Its next one.</param>
/// <param name="SecretHash">In OpenIddict's format; null: it has no secret.</param>
/// <param name="Keys">Its key set; null: it has none.</param>
/// <param name="Secret">The new secret's row.</param>
/// <param name="PreviousUntil">Until when the secret before it goes on; null: it is dead.</param>
public sealed record CredentialChange(
    string ApplicationId,
    string Expected,
    string ConcurrencyToken,
    string? SecretHash,
    string? Keys,
    string? Properties,
    ClientSecret? Secret,
    DateTimeOffset? PreviousUntil);
